import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CharacterCounter, VISIBLE_FROM } from '../../../../static/js/compose/text-rules.js';

const count = (counter, length) => counter.update('x'.repeat(length));

test('the number is visible from 3,600 characters on', () => {
  const counter = new CharacterCounter();
  assert.deepEqual(count(counter, VISIBLE_FROM - 1), { count: null, isTooLong: false, announce: false });
  assert.equal(count(counter, VISIBLE_FROM).count, VISIBLE_FROM);
  assert.deepEqual(count(counter, 3_599), { count: null, isTooLong: false, announce: false });
});

test('it counts as the server does', () => {
  assert.equal(new CharacterCounter().update(`\n\n${'🙂'.repeat(3_700)}  \n`).count, 3_700);
  assert.equal(new CharacterCounter().update(`${'x\r\n'.repeat(1_900)}x`).count, 3_801);
  assert.equal(new CharacterCounter().update('🙂'.repeat(3_599)).count, null);
});

test('more than 4,000 characters are too long', () => {
  assert.equal(count(new CharacterCounter(), 4_000).isTooLong, false);
  assert.equal(count(new CharacterCounter(), 4_001).isTooLong, true);
});

test('it is announced at a few thresholds, not with each key', () => {
  const counter = new CharacterCounter();
  const said = [];
  for (let length = 3_500; length <= 4_050; length += 1) if (count(counter, length).announce) said.push(length);
  assert.deepEqual(said, [3_600, 3_900, 3_980, 4_001]);
});

test('it is announced when the text fits again, and not when it gets shorter', () => {
  const counter = new CharacterCounter();
  assert.equal(count(counter, 4_100).announce, true);
  assert.equal(count(counter, 4_050).announce, false);
  assert.equal(count(counter, 4_000).announce, true);
  assert.equal(count(counter, 3_700).announce, false);
  assert.equal(count(counter, 10).announce, false);
});
