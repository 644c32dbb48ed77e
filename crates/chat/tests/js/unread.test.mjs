import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/room-log.js';
import { Unread } from '../../../../static/js/log/unread.js';
import { ada, entries, entry } from './helpers.mjs';

/** Ada has read all ten messages of a log. */
function makeReader() {
  const log = new RoomLog({ coveredTo: 1, lastSeq: 10, messages: entries(1, 10) });
  const unread = new Unread({ me: ada, readTo: 10 });
  const receive = (...list) => {
    log.receive(list);
    unread.recount(log);
  };
  return { log, unread, receive };
}

test('only messages of others are counted, not other entries nor the user’s own from another window', () => {
  const { unread, receive } = makeReader();
  receive(entry(11, { kind: 'reaction' }), entry(12, { sender: ada }), entry(13), entry(14, { sender: null, text: null }));
  assert.equal(unread.count, 2);
  assert.equal(unread.dividerAfter, 12);
});

test('the number falls as messages are read, and the divider stays until new ones arrive', () => {
  const { log, unread, receive } = makeReader();
  receive(entry(11), entry(12), entry(13));
  unread.read(12);
  unread.read(5);
  unread.recount(log);
  assert.equal(unread.count, 1);
  assert.equal(unread.dividerAfter, 10);
  unread.read(13);
  unread.recount(log);
  assert.equal(unread.dividerAfter, 10);
  receive(entry(14));
  assert.equal(unread.dividerAfter, 13);
});

test('a message that is read at once has no divider', () => {
  const { log, unread } = makeReader();
  log.receive([entry(11)]);
  unread.read(11);
  unread.recount(log);
  assert.equal(unread.count, 0);
  assert.equal(unread.dividerAfter, null);
});

test('the divider is above the first message that was sent during an absence, read or not', () => {
  const { log, unread } = makeReader();
  unread.disconnected();
  unread.messagesMissed([entry(11, { sender: ada }), entry(12)]);
  unread.messagesMissed([entry(13)]);
  unread.read(13);
  unread.recount(log);
  assert.equal(unread.dividerAfter, 11);
  unread.messagesMissed([entry(14)]);
  assert.equal(unread.dividerAfter, 11);
  unread.removeDivider();
  assert.equal(unread.dividerAfter, null);
});

test('after a gap there are more unread messages than known ones', () => {
  const { log, unread } = makeReader();
  log.acceptNewest({ messages: entries(91, 100), covered_to: 91, last_seq: 100 });
  unread.recount(log);
  assert.equal(unread.count, 10);
  assert.equal(unread.areMore, true);
  unread.read(91);
  unread.recount(log);
  assert.equal(unread.areMore, false);
});

test('after a reload the divider is where the user had read to, even if the rest is read at once', () => {
  const log = new RoomLog({ coveredTo: 1, lastSeq: 10, messages: entries(1, 10) });
  const unread = new Unread({ me: ada, readTo: 6 });
  unread.recount(log);
  assert.equal(unread.count, 4);
  unread.read(10);
  unread.recount(log);
  assert.deepEqual([unread.count, unread.dividerAfter, unread.readTo], [0, 6, 10]);
});

test('if the read messages are not loaded, the divider is above all that are', () => {
  const log = new RoomLog({ coveredTo: 51, lastSeq: 60, messages: entries(51, 60) });
  const unread = new Unread({ me: ada, readTo: 20 });
  unread.recount(log);
  assert.deepEqual([unread.count, unread.areMore, unread.dividerAfter], [10, true, 20]);
});
