import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isLong } from '../../../../static/js/log/collapse.js';

test('a text with many lines is long, whether they are broken or wrapped', () => {
  assert.equal(isLong('\n'.repeat(4_000)), true);
  assert.equal(isLong('x'.repeat(4_000)), true);
  assert.equal(isLong('x'.repeat(95) + '\n'.repeat(29)), false);
  assert.equal(isLong('x'.repeat(96) + '\n'.repeat(29)), true);
  assert.equal(isLong('Hello'), false);
  assert.equal(isLong(''), false);
});
