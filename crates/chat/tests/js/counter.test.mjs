import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Counter, SHOWN_FROM } from '../../../../static/js/writing/counter.js';

const count = (counter, length) => counter.update('x'.repeat(length));

test('the number shows from 3,600 characters on', () => {
  const counter = new Counter();
  assert.deepEqual(count(counter, SHOWN_FROM - 1), { count: null, isTooMuch: false, say: false });
  assert.equal(count(counter, SHOWN_FROM).count, SHOWN_FROM);
  assert.deepEqual(count(counter, 3_599), { count: null, isTooMuch: false, say: false });
});

test('it counts as the server does', () => {
  assert.equal(new Counter().update(`\n\n${'🙂'.repeat(3_700)}  \n`).count, 3_700);
  assert.equal(new Counter().update(`${'x\r\n'.repeat(1_900)}x`).count, 3_801);
  assert.equal(new Counter().update('🙂'.repeat(3_599)).count, null);
});

test('one more than 4,000 is too much', () => {
  assert.equal(count(new Counter(), 4_000).isTooMuch, false);
  assert.equal(count(new Counter(), 4_001).isTooMuch, true);
});

test('it is said at a few steps, not at each key', () => {
  const counter = new Counter();
  const said = [];
  for (let length = 3_500; length <= 4_050; length += 1) if (count(counter, length).say) said.push(length);
  assert.deepEqual(said, [3_600, 3_900, 3_980, 4_001]);
});

test('that it fits again is said, that there is more room is not', () => {
  const counter = new Counter();
  assert.equal(count(counter, 4_100).say, true);
  assert.equal(count(counter, 4_050).say, false);
  assert.equal(count(counter, 4_000).say, true);
  assert.equal(count(counter, 3_700).say, false);
  assert.equal(count(counter, 10).say, false);
});
