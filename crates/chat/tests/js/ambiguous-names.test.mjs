import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AmbiguousNames, skeleton, wordSkeletons } from '../../../../static/js/people/ambiguous-names.js';
import { ada } from './helpers.mjs';

const person = (id, name) => ({ id, username: id, display_name: name });

function makeNames(options = {}) {
  const names = new AmbiguousNames({ me: ada, ...options });
  let changes = 0;
  names.whenChanged(() => (changes += 1));
  return { names, changes: () => changes };
}

test('a name is ambiguous when a second person has it, and stays ambiguous', () => {
  const { names, changes } = makeNames();
  const [first, second] = [person('u1', 'Grace'), person('u2', ' grace')];
  names.add([first]);
  names.add([first]);
  assert.deepEqual([names.isAmbiguous(first), changes()], [false, 0]);
  names.add([second]);
  assert.deepEqual([names.isAmbiguous(first), names.isAmbiguous(second), changes()], [true, true, 1]);
  names.add([first]);
  assert.deepEqual([names.isAmbiguous(second), changes()], [true, 1]);
});

test('a person who changes the name and back is not a second person', () => {
  const { names } = makeNames();
  names.add([person('u1', 'Grace'), person('u1', 'Amazing Grace'), person('u1', 'Grace')]);
  assert.equal(names.isAmbiguous(person('u1', 'Grace')), false);
});

test('the name of the reader counts from the beginning', () => {
  const { names } = makeNames();
  const other = person('u1', 'Аda');
  names.add([other]);
  assert.equal(names.isAmbiguous(other), true);
});

test('a name that looks like a word of the page is always ambiguous', () => {
  const { names } = makeNames();
  for (const name of ['You', 'ＹＯＵ', 'Y\u200bou', 'Yоu', 'Ada (you)', 'Ada @ada', 'Ada ＠ada']) {
    assert.equal(names.isAmbiguous(person('u1', name)), true, name);
  }
  for (const name of ['Young', 'Yolanda', 'Grace Hopper', '🚀', '…']) {
    assert.equal(names.isAmbiguous(person('u1', name)), false, name);
  }
});

test('the number of names is bounded, and the reader’s own one is always remembered', () => {
  const { names } = makeNames({ maxNames: 3 });
  const [early, late] = [person('u0', 'Early'), person('x0', 'Early')];
  names.add([early]);
  for (let i = 0; i < 9; i += 1) names.add([person(`u${i}`, `name ${'abcdefghk'[i]}`)]);
  names.add([late]);
  assert.equal(names.isAmbiguous(late), false);
  const impostor = person('u10', 'Ada');
  names.add([impostor]);
  assert.equal(names.isAmbiguous(impostor), true);
});

test('names that look alike have the same skeleton', () => {
  const alike = [
    ['Ada Lovelace', 'ada  LOVELACE', 'AdaLovelace', 'Ada Lovelace.', 'Adà Lovelace', 'Аdа Lоvеlасе', 'Αda Lοvelace'],
    ['Ada Lovelace', 'Ada\u200b Lovelace', 'A\u3164da Lovelace', 'Ada Lovelace\u202e', '𝐀da Lovelace', 'Ada LoveIace'],
    ['Bob', 'B0b', 'ВОb'],
    ['🚀', '🚀\ufe0f', ' 🚀 '],
  ];
  for (const [first, ...others] of alike) for (const other of others) assert.equal(skeleton(other), skeleton(first), other);
});

test('names that look different have different skeletons', () => {
  const names = ['Ada', 'Adam', 'Grace', 'Ада', '李雷', '韩梅梅', 'علي', '🚀', '🎈', '…'];
  const other = names.filter((name) => name !== 'Ада');
  assert.equal(new Set(other.map(skeleton)).size, other.length);
});

test('each word of a name has a skeleton', () => {
  assert.deepEqual(wordSkeletons('Ada (Yоu)').filter(Boolean), ['ada', 'you']);
  assert.deepEqual(wordSkeletons('').filter(Boolean), []);
});
