import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/log.js';
import { Unread } from '../../../../static/js/log/unread.js';
import { ada, entries, entry, room } from './helpers.mjs';

/** A reader, Ada, of a log with ten messages, all read. */
function makeReader() {
  const log = new RoomLog({ room, coveredTo: 1, lastSeq: 10, messages: entries(1, 10) });
  const unread = new Unread({ me: ada, readTo: 10 });
  const hear = (...list) => {
    log.hear(list);
    unread.recount(log);
  };
  return { log, unread, hear };
}

test('messages of others are counted, not entries, and not one’s own from another window', () => {
  const { unread, hear } = makeReader();
  hear(entry(11, { kind: 'reaction' }), entry(12, { sender: ada }), entry(13), entry(14, { sender: null, text: null }));
  assert.equal(unread.count, 2);
  assert.equal(unread.lineAfter, 12);
});

test('the number falls with what is seen, and the line stays until other news come', () => {
  const { log, unread, hear } = makeReader();
  hear(entry(11), entry(12), entry(13));
  unread.see(12);
  unread.see(5);
  unread.recount(log);
  assert.equal(unread.count, 1);
  assert.equal(unread.lineAfter, 10);
  unread.see(13);
  unread.recount(log);
  assert.equal(unread.lineAfter, 10);
  hear(entry(14));
  assert.equal(unread.lineAfter, 13);
});

test('what is seen as it comes has no line', () => {
  const { log, unread } = makeReader();
  log.hear([entry(11)]);
  unread.see(11);
  unread.recount(log);
  assert.equal(unread.count, 0);
  assert.equal(unread.lineAfter, null);
});

test('the line stands above the first message that came during an absence, seen or not', () => {
  const { log, unread } = makeReader();
  unread.wasAway();
  unread.miss([entry(11, { sender: ada }), entry(12)]);
  unread.miss([entry(13)]);
  unread.see(13);
  unread.recount(log);
  assert.equal(unread.lineAfter, 11);
  unread.miss([entry(14)]);
  assert.equal(unread.lineAfter, 11);
  unread.clearLine();
  assert.equal(unread.lineAfter, null);
});

test('beyond a gap there are more than those that are known', () => {
  const { log, unread } = makeReader();
  log.acceptEnd({ messages: entries(91, 100), covered_to: 91, last_seq: 100 });
  unread.recount(log);
  assert.equal(unread.count, 10);
  assert.equal(unread.areMore, true);
  unread.see(91);
  unread.recount(log);
  assert.equal(unread.areMore, false);
});

test('after a reload the line stands where one had read to, though all that came since is seen at once', () => {
  const log = new RoomLog({ room, coveredTo: 1, lastSeq: 10, messages: entries(1, 10) });
  const unread = new Unread({ me: ada, readTo: 6 });
  unread.recount(log);
  assert.equal(unread.count, 4);
  unread.see(10);
  unread.recount(log);
  assert.deepEqual([unread.count, unread.lineAfter, unread.readTo], [0, 6, 10]);
});

test('where what one had read to is not loaded, the line stands above all that is, and goes there', () => {
  const log = new RoomLog({ room, coveredTo: 51, lastSeq: 60, messages: entries(51, 60) });
  const unread = new Unread({ me: ada, readTo: 20 });
  unread.recount(log);
  assert.deepEqual([unread.count, unread.areMore, unread.lineAfter], [10, true, 20]);
});
