import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isTall } from '../../../../static/js/log/tall.js';

test('many lines are tall, whether they were begun or overflowed', () => {
  assert.equal(isTall('\n'.repeat(4_000)), true);
  assert.equal(isTall('x'.repeat(4_000)), true);
  assert.equal(isTall('x'.repeat(62) + '\n'.repeat(29)), false);
  assert.equal(isTall('x'.repeat(63) + '\n'.repeat(29)), true);
  assert.equal(isTall('Hello'), false);
  assert.equal(isTall(''), false);
});
