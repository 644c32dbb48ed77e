import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { countChars, textError, firstControl, MAX_CHARS, normalise, pasteable } from '../../../../static/js/compose/text-rules.js';
import { workOf } from './work.mjs';

/** The server's tests read the same table. */
const table = new URL('../../../store/tests/texts.json', import.meta.url);
const { taken, controls, empty } = JSON.parse(readFileSync(table, 'utf8'));

test('line breaks become newlines and blank ends are dropped, as on the server', () => {
  for (const [raw, text] of taken) {
    assert.equal(normalise(raw), text);
    assert.equal(textError(text), null);
    assert.equal(firstControl(raw), null);
  }
  for (const raw of empty) assert.equal(textError(normalise(raw)), 'empty');
});

test('other control characters are reported with their position, as on the server', () => {
  for (const [raw, code, line, column] of controls) {
    assert.equal(textError(normalise(raw)), 'control');
    const found = firstControl(raw);
    assert.deepEqual([found.code, found.line, found.column], [code, line, column]);
    assert.equal(raw.charCodeAt(found.index), code);
  }
});

test('pasted text keeps its lines, without the characters that cannot be sent', () => {
  assert.equal(pasteable('\u001b[31mred\u001b[0m\u000bnext\u0085\r\nlast\r\t\u0000'), '[31mred[0m\nnext\n\nlast\n\t');
  for (const [raw] of controls) assert.equal(firstControl(pasteable(raw)), null);
});

test('characters are counted as Unicode scalar values', () => {
  assert.equal(countChars('🙂é'), 2);
  assert.equal(textError('🙂'.repeat(MAX_CHARS)), null);
  assert.equal(textError('é'.repeat(MAX_CHARS + 1)), 'too_long');
});

test('lone surrogates are replaced', () => {
  assert.equal(normalise('a\uD83Db'), 'a\uFFFDb');
  assert.equal(normalise('🙂'), '🙂');
});

test('the work is proportional to the length of the text', () => {
  const units = [' ', '\t', '\n', '\u000b', '\r\n', '\u00a0', ' \n', 'a ', '\u3000', '\u001b', '🙂', '\uD83D'];
  for (const unit of units) {
    for (const text of [(n) => unit.repeat(n), (n) => `a${unit.repeat(n)}b`, (n) => `${unit.repeat(n)}b`]) {
      const workAt = (n) => workOf(() => [normalise, pasteable, textError, firstControl].forEach((read) => read(text(n))));
      assert.ok(workAt(4_000) < 20 * 4_000 * unit.length, `${JSON.stringify(unit)}: ${workAt(4_000)}`);
      assert.ok(workAt(8_000) < 2.2 * workAt(4_000), JSON.stringify(unit));
    }
  }
});
