import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { isTangled, splitExcess } from '../../../../static/js/log/text-layout.js';
import { workOf } from './work.mjs';

/** The server's tests read the same table. */
const cases = JSON.parse(readFileSync(new URL('../text_layout.json', import.meta.url), 'utf8'));

test('a text that changes its direction too often is tangled', () => {
  for (const [unit, times] of cases.tangled) assert.equal(isTangled(unit.repeat(times)), true, JSON.stringify(unit));
  for (const [unit, times] of cases.plain) assert.equal(isTangled(unit.repeat(times)), false, JSON.stringify(unit));
});

test('stacked marks are separated, and nothing is lost', () => {
  for (const [text, expected] of cases.excess) {
    const parts = splitExcess(text);
    assert.deepEqual(parts.map((part) => part.text), expected);
    assert.ok(parts.every(({ isExcess = false }, at) => isExcess === (at % 2 === 1)));
  }
});

test('the work is proportional to the length of the text', () => {
  for (const unit of ['a', 'א ', 'aב', '\u0301', 'a\u0301', '\u2066', `a${'\u0301'.repeat(13)}`]) {
    const workAt = (n) => workOf(() => [isTangled, splitExcess].forEach((read) => read(unit.repeat(n))));
    assert.ok(workAt(2_000) < 2.2 * workAt(1_000), JSON.stringify(unit));
  }
});
