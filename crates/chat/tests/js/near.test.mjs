import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/log.js';
import { missingNear } from '../../../../static/js/log/near.js';
import { entries, room } from './helpers.mjs';

/** Known are 101 to 200 and 501 to 600: indexes 0 to 99 and 100 to 199. */
function logWithGap() {
  const log = new RoomLog({ room, coveredTo: 101, lastSeq: 200, messages: entries(101, 200) });
  log.acceptEnd({ messages: entries(501, 600), covered_to: 501, last_seq: 600 });
  return log;
}

const lookAt = (first) => missingNear(logWithGap(), { first, middle: first + 5, last: first + 10 });

test('nothing is missing far from a gap and from the start', () => {
  assert.equal(lookAt(50), null);
  assert.equal(lookAt(180), null);
});

test('a gap above is filled from below, one below from above', () => {
  assert.deepEqual(lookAt(120), { before: 501 });
  assert.deepEqual(lookAt(70), { after: 200 });
});

test('a gap in sight is filled towards the middle of what is seen', () => {
  assert.deepEqual(lookAt(97), { before: 501 });
  assert.deepEqual(lookAt(92), { after: 200 });
});

test('near the start what is older is missing, unless there is nothing', () => {
  assert.deepEqual(lookAt(10), { before: 101 });
  const log = new RoomLog({ room, coveredTo: 1, lastSeq: 50, messages: entries(1, 50) });
  assert.equal(missingNear(log, { first: 0, middle: 2, last: 9 }), null);
});
