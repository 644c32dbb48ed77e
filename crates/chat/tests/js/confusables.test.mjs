import assert from 'node:assert/strict';
import { test } from 'node:test';

import { skeleton, wordSkeletons } from '../../../../static/js/people/confusables.js';

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
