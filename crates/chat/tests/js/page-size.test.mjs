import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PageSize } from '../../../../static/js/log/sync.js';

const limitAfter = (action, times, size = new PageSize()) =>
  Array.from({ length: times }, () => {
    action(size);
    return size.limit;
  });

test('each missing answer halves it, down to five', () => {
  assert.deepEqual(limitAfter((size) => size.timedOut(), 6), [50, 25, 12, 6, 5, 5]);
});

test('fast answers double it, slow ones do not, very slow ones halve it', () => {
  const size = new PageSize();
  size.timedOut();
  size.timedOut();
  assert.deepEqual(limitAfter(() => size.answered(6_000), 2, size), [25, 25]);
  assert.deepEqual(limitAfter(() => size.answered(11_000), 1, size), [12]);
  assert.deepEqual(limitAfter(() => size.answered(100), 4, size), [24, 48, 96, 100]);
});
