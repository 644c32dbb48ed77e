import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { countChars, fault, firstControl, MAX_CHARS, normalise, pasteable } from '../../../../static/js/writing/text-rules.js';
import { workOf } from './work.mjs';

/** The same table is read by the server's test. */
const table = new URL('../../../store/tests/texts.json', import.meta.url);
const { taken, controls, empty } = JSON.parse(readFileSync(table, 'utf8'));

test('all that breaks a line becomes a newline and blank ends are dropped, as the server does', () => {
  for (const [raw, text] of taken) {
    assert.equal(normalise(raw), text);
    assert.equal(fault(text), null);
    assert.equal(firstControl(raw), null);
  }
  for (const raw of empty) assert.equal(fault(normalise(raw)), 'empty');
});

test('other control characters are found by name and place, as the server counts', () => {
  for (const [raw, code, line, column] of controls) {
    assert.equal(fault(normalise(raw)), 'control');
    const found = firstControl(raw);
    assert.deepEqual([found.code, found.line, found.column], [code, line, column]);
    assert.equal(raw.charCodeAt(found.index), code);
  }
});

test('what is pasted keeps its lines and loses what cannot be sent', () => {
  assert.equal(pasteable('\u001b[31mred\u001b[0m\u000bnext\u0085\r\nlast\r\t\u0000'), '[31mred[0m\nnext\n\nlast\n\t');
  for (const [raw] of controls) assert.equal(firstControl(pasteable(raw)), null);
});

test('characters are counted as Unicode scalar values', () => {
  assert.equal(countChars('🙂é'), 2);
  assert.equal(fault('🙂'.repeat(MAX_CHARS)), null);
  assert.equal(fault('é'.repeat(MAX_CHARS + 1)), 'too_long');
});

test('half a character cannot be sent and is replaced', () => {
  assert.equal(normalise('a\uD83Db'), 'a\uFFFDb');
  assert.equal(normalise('🙂'), '🙂');
});

test('work grows with the text, whatever stands in it', () => {
  const units = [' ', '\t', '\n', '\u000b', '\r\n', '\u00a0', ' \n', 'a ', '\u3000', '\u001b', '🙂', '\uD83D'];
  for (const unit of units) {
    for (const text of [(n) => unit.repeat(n), (n) => `a${unit.repeat(n)}b`, (n) => `${unit.repeat(n)}b`]) {
      const workAt = (n) => workOf(() => [normalise, pasteable, fault, firstControl].forEach((read) => read(text(n))));
      assert.ok(workAt(4_000) < 20 * 4_000 * unit.length, `${JSON.stringify(unit)}: ${workAt(4_000)}`);
      assert.ok(workAt(8_000) < 2.2 * workAt(4_000), JSON.stringify(unit));
    }
  }
});
