import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { mentionsIn } from '../../../../static/js/log/mentions.js';
import { splitText } from '../../../../static/js/log/text-parts.js';
import { workOf } from './work.mjs';

const people = (...names) => names.map((username) => ({ id: `u-${username}`, username }));
const marked = (text, ...names) => mentionsIn(text, people(...names)).map(({ from, to, mention }) => [text.slice(from, to), mention.username]);

test('whole names are found and nothing else, as the server does', () => {
  const cases = JSON.parse(readFileSync(new URL('../mentions.json', import.meta.url), 'utf8'));
  assert.ok(cases.length > 10);
  for (const { text, names, marked: expected } of cases) {
    assert.deepEqual(marked(text, ...names).map(([words]) => words), expected, text);
  }
});

test('a text without resolved names has none', () => {
  assert.deepEqual(marked('@ada and @grace'), []);
  assert.deepEqual(marked('ada and grace', 'ada'), []);
});

test('an address in a text is not searched for names', () => {
  const parts = splitText('see https://a.example/(@ada and @ada.', people('ada'));
  assert.deepEqual(
    parts.map(({ text, href, mention }) => [text, href !== undefined, mention?.id]),
    [
      ['see ', false, undefined],
      ['https://a.example/(@ada', true, undefined],
      [' and ', false, undefined],
      ['@ada', false, 'u-ada'],
      ['.', false, undefined],
    ],
  );
});

test('nothing of a text is lost', () => {
  for (const text of ['@ada', '@ada@ada @ada', ' @ada\n@ada ', '@ada https://a.example @ada', 'x']) {
    assert.equal(splitText(text, people('ada')).map((part) => part.text).join(''), text);
  }
  assert.deepEqual(splitText('', people('ada')), []);
});

test('the work is proportional to the length of the text', () => {
  for (const unit of ['@', '@a', '@ada ', '@ada.', 'a@', '@ada-._', 'https://a.example @ada ']) {
    const workAt = (n) => workOf(() => splitText(unit.repeat(n), people('ada')));
    assert.ok(workAt(2_000) < 2.2 * workAt(1_000), unit);
  }
});
