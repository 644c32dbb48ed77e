import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fold, foldedWords } from '../../../../static/js/people/lookalikes.js';

test('names that look the same fold alike', () => {
  const alike = [
    ['Ada Lovelace', 'ada  LOVELACE', 'AdaLovelace', 'Ada Lovelace.', 'Adà Lovelace', 'Аdа Lоvеlасе', 'Αda Lοvelace'],
    ['Ada Lovelace', 'Ada\u200b Lovelace', 'A\u3164da Lovelace', 'Ada Lovelace\u202e', '𝐀da Lovelace', 'Ada LoveIace'],
    ['Bob', 'B0b', 'ВОb'],
    ['🚀', '🚀\ufe0f', ' 🚀 '],
  ];
  for (const [first, ...others] of alike) for (const other of others) assert.equal(fold(other), fold(first), other);
});

test('names that differ to the eye do not', () => {
  const names = ['Ada', 'Adam', 'Grace', 'Ада', '李雷', '韩梅梅', 'علي', '🚀', '🎈', '…'];
  const other = names.filter((name) => name !== 'Ада');
  assert.equal(new Set(other.map(fold)).size, other.length);
});

test('a name’s words are folded one by one', () => {
  assert.deepEqual(foldedWords('Ada (Yоu)').filter(Boolean), ['ada', 'you']);
  assert.deepEqual(foldedWords('').filter(Boolean), []);
});
