import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Namesakes } from '../../../../static/js/people/namesakes.js';
import { ada } from './helpers.mjs';

const person = (id, name) => ({ id, username: id, display_name: name });

function makeNames(options = {}) {
  const names = new Namesakes({ me: ada, ...options });
  let changes = 0;
  names.whenChanged(() => (changes += 1));
  return { names, changes: () => changes };
}

test('a name is doubtful once a second person bears it, and stays so', () => {
  const { names, changes } = makeNames();
  const [first, second] = [person('u1', 'Grace'), person('u2', ' grace')];
  names.note([first]);
  names.note([first]);
  assert.deepEqual([names.isDoubtful(first), changes()], [false, 0]);
  names.note([second]);
  assert.deepEqual([names.isDoubtful(first), names.isDoubtful(second), changes()], [true, true, 1]);
  names.note([first]);
  assert.deepEqual([names.isDoubtful(second), changes()], [true, 1]);
});

test('somebody who changes the name is no second person', () => {
  const { names } = makeNames();
  names.note([person('u1', 'Grace'), person('u1', 'Amazing Grace'), person('u1', 'Grace')]);
  assert.equal(names.isDoubtful(person('u1', 'Grace')), false);
});

test('the reader’s own name is known from the beginning', () => {
  const { names } = makeNames();
  const other = person('u1', 'Аda');
  names.note([other]);
  assert.equal(names.isDoubtful(other), true);
});

test('what looks like the page’s own words is always doubtful', () => {
  const { names } = makeNames();
  for (const name of ['You', 'ＹＯＵ', 'Y\u200bou', 'Yоu', 'Ada (you)', 'Ada @ada', 'Ada ＠ada']) {
    assert.equal(names.isDoubtful(person('u1', name)), true, name);
  }
  for (const name of ['Young', 'Yolanda', 'Grace Hopper', '🚀', '…']) {
    assert.equal(names.isDoubtful(person('u1', name)), false, name);
  }
});

test('so many names are remembered, the one’s own always', () => {
  const { names } = makeNames({ most: 3 });
  const [early, late] = [person('u0', 'Early'), person('x0', 'Early')];
  names.note([early]);
  for (let i = 0; i < 9; i += 1) names.note([person(`u${i}`, `name ${'abcdefghk'[i]}`)]);
  names.note([late]);
  assert.equal(names.isDoubtful(late), false);
  const impostor = person('u10', 'Ada');
  names.note([impostor]);
  assert.equal(names.isDoubtful(impostor), true);
});
