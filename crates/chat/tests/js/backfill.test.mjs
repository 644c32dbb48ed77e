import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/room-log.js';
import { nearestMissing } from '../../../../static/js/log/backfill.js';
import { entries } from './helpers.mjs';

/** Knows the numbers 101 to 200 (indexes 0 to 99) and 501 to 600 (indexes 100 to 199). */
function logWithGap() {
  const log = new RoomLog({ coveredTo: 101, lastSeq: 200, messages: entries(101, 200) });
  log.acceptNewest({ messages: entries(501, 600), covered_to: 501, last_seq: 600 });
  return log;
}

const missingAt = (first) => nearestMissing(logWithGap(), { first, middle: first + 5, last: first + 10 });

test('nothing is missing far from a gap and from the start', () => {
  assert.equal(missingAt(50), null);
  assert.equal(missingAt(180), null);
});

test('a gap above is filled from below, and one below from above', () => {
  assert.deepEqual(missingAt(120), { before: 501 });
  assert.deepEqual(missingAt(70), { after: 200 });
});

test('a visible gap is filled from the side of the middle message', () => {
  assert.deepEqual(missingAt(97), { before: 501 });
  assert.deepEqual(missingAt(92), { after: 200 });
});

test('near the start older messages are missing, unless there are none', () => {
  assert.deepEqual(missingAt(10), { before: 101 });
  const log = new RoomLog({ coveredTo: 1, lastSeq: 50, messages: entries(1, 50) });
  assert.equal(nearestMissing(log, { first: 0, middle: 2, last: 9 }), null);
});
