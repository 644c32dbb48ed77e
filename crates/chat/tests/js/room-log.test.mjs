import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/room-log.js';
import { entries, entry, seqs } from './helpers.mjs';

const logTo = (lastSeq, coveredTo = 1) => new RoomLog({ coveredTo, lastSeq });

test('entries are returned once and in order', () => {
  const log = logTo(2);
  assert.deepEqual(seqs(log.receive([entry(3)])), [3]);
  assert.deepEqual(seqs(log.receive([entry(3), entry(2), entry(4)])), [4]);
  assert.equal(log.last, 4);
  assert.equal(log.isBehind, false);
});

test('an early entry waits for those before it', () => {
  const log = logTo(2);
  assert.deepEqual(log.receive([entry(5), entry(4)]), []);
  assert.equal(log.isBehind, true);
  assert.deepEqual(seqs(log.receive([entry(3)])), [3, 4, 5]);
  assert.equal(log.isBehind, false);
});

test('a page read forward fills the gap, and early entries are not returned twice', () => {
  const log = logTo(2);
  log.receive([entry(5), entry(7)]);
  const page = { messages: entries(3, 6), covered_to: 6, last_seq: 7 };
  assert.deepEqual(seqs(log.acceptAfter(page)), [3, 4, 5, 6, 7]);
  assert.deepEqual(log.acceptAfter(page), []);
  assert.deepEqual(log.receive([entry(5)]), []);
  assert.equal(log.last, 7);
});

test('entries that a page covers but does not contain do not exist', () => {
  const log = logTo(2);
  assert.deepEqual(seqs(log.acceptAfter({ messages: [entry(9)], covered_to: 10, last_seq: 10 })), [9]);
  assert.equal(log.last, 10);
  assert.equal(log.isBehind, false);
});

test('after a page that ends before the end of the log it is behind', () => {
  const log = logTo(0);
  log.acceptAfter({ messages: entries(1, 100), covered_to: 100, last_seq: 250 });
  assert.equal(log.last, 100);
  assert.equal(log.isBehind, true);
});

test('a tip shows that entries are missing', () => {
  const log = logTo(4);
  log.receiveTip({ last_seq: 4 });
  assert.equal(log.isBehind, false);
  log.receiveTip({ last_seq: 5 });
  assert.equal(log.isBehind, true);
});

test('an entry of an unknown kind is counted but not shown', () => {
  const log = logTo(2);
  assert.deepEqual(seqs(log.receive([entry(3, { kind: 'reaction' }), entry(4)])), [4]);
  assert.equal(log.last, 4);
});

test('an erased entry is still a message', () => {
  const log = logTo(2);
  assert.deepEqual(seqs(log.receive([entry(3, { sender: null, text: null, erased: true })])), [3]);
});

test('an entry that cannot be shown is counted but not shown', () => {
  const log = logTo(2);
  const broken = [
    { sent_at: 'at noon' },
    { sent_at: undefined },
    { text: 7 },
    { text: undefined },
    { id: null },
    { sender: {} },
    { sender: undefined },
  ].map((changes, at) => entry(3 + at, changes));
  assert.deepEqual(log.receive(broken), []);
  assert.equal(log.last, 9);
  assert.deepEqual(seqs(log.receive([entry(10)])), [10]);
  for (const seq of ['11', 11.5, undefined, NaN]) assert.deepEqual(log.receive([entry(seq)]), []);
  assert.equal(log.missing, 0);
});

test('the number of early entries is bounded, and the next entry is always accepted', () => {
  const log = logTo(0);
  log.receive(entries(2, 5_000));
  const first = log.receive([entry(1)]);
  assert.equal(seqs(first)[0], 1);
  assert.equal(log.isBehind, true);
  assert.ok(log.last < 5_000);
});

test('older pages are read until the start is known', () => {
  const log = logTo(120, 71);
  assert.equal(log.isStartKnown, false);
  const newer = log.acceptBefore({ messages: entries(21, 70), covered_to: 21, last_seq: 120 });
  assert.deepEqual(seqs(newer), seqs(entries(21, 70)));
  assert.equal(log.first, 21);
  const oldest = log.acceptBefore({ messages: entries(1, 20), covered_to: 1, last_seq: 120 });
  assert.deepEqual(seqs(oldest), seqs(entries(1, 20)));
  assert.equal(log.isStartKnown, true);
});

test('if the server removed old entries, the first remaining one is the start', () => {
  const log = logTo(120, 71);
  assert.deepEqual(log.acceptBefore({ messages: [], covered_to: 71, last_seq: 120 }), []);
  assert.equal(log.isStartKnown, true);
  assert.equal(log.first, 71);
});

test('an empty log has nothing to read in either direction', () => {
  const log = logTo(0);
  assert.equal(log.isStartKnown, true);
  assert.equal(log.isBehind, false);
});

const known = (log) => seqs(log.messages);
const page = (from, to, lastSeq) => ({ messages: entries(from, to), covered_to: from, last_seq: lastSeq });

test('after the newest page there is a gap, until it is read from both sides', () => {
  const log = new RoomLog({ coveredTo: 1, lastSeq: 3, messages: entries(1, 3) });
  assert.equal(log.gapBefore(0), null);
  assert.deepEqual(seqs(log.acceptNewest(page(18, 20, 20))), [18, 19, 20]);
  assert.deepEqual(known(log), [1, 2, 3, 18, 19, 20]);
  const { id, ...edges } = log.gapBefore(3);
  assert.deepEqual(edges, { after: 3, before: 18 });
  assert.equal(log.gapBefore(4), null);
  assert.equal(log.isCompleteAfter(17), true);
  assert.equal(log.isCompleteAfter(3), false);
  log.acceptBefore(page(15, 17, 20), 18);
  log.acceptAfter({ messages: entries(4, 6), covered_to: 6, last_seq: 20 }, 3);
  assert.deepEqual(log.gapBefore(log.indexOf(15)), { id, after: 6, before: 15 });
  log.acceptBefore(page(5, 14, 20), 15);
  assert.deepEqual(known(log), seqs(entries(1, 20)));
  assert.ok(entries(1, 20).every((_, index) => log.gapBefore(index) === null));
});

test('live entries after the newest page continue from its end', () => {
  const log = logTo(3);
  log.acceptNewest(page(18, 20, 20));
  log.receive([entry(22)]);
  assert.deepEqual(seqs(log.receive([entry(21)])), [21, 22]);
  assert.deepEqual(log.receive([entry(10)]), []);
});

test('a gap that is empty on the server is closed', () => {
  const log = new RoomLog({ coveredTo: 1, lastSeq: 3, messages: entries(1, 3) });
  log.acceptNewest(page(18, 20, 20));
  log.acceptBefore({ messages: [], covered_to: 18, last_seq: 20 }, 18);
  assert.equal(log.gapBefore(3), null);
});

test('a message that was erased since is replaced when it is read again', () => {
  const log = new RoomLog({ coveredTo: 1, lastSeq: 2, messages: entries(1, 2) });
  const erased = entry(2, { sender: null, text: null });
  assert.deepEqual(log.acceptBefore({ messages: [erased], covered_to: 2, last_seq: 2 }, 3), []);
  assert.equal(log.messages[1].text, null);
  log.receive([entry(2)]);
  assert.equal(log.messages[1].text, null);
});

test('a message is found by its sender and id', () => {
  const log = new RoomLog({ coveredTo: 1, lastSeq: 2, messages: entries(1, 2) });
  assert.equal(log.find('u-grace', 'm2').seq, 2);
  assert.equal(log.find('u-ada', 'm2'), undefined);
});

test('while the reader is at the end, the oldest messages are forgotten', () => {
  const log = new RoomLog({ coveredTo: 1, lastSeq: 0, maxKnown: 100 });
  log.receive(entries(1, 130));
  log.forget(130);
  assert.ok(log.messages.length <= 100);
  assert.equal(log.messages.at(-1).seq, 130);
  assert.equal(log.first, log.messages[0].seq);
  assert.equal(log.isStartKnown, false);
  log.acceptBefore(page(1, log.first - 1, 130));
  assert.deepEqual(known(log), seqs(entries(1, 130)));
  assert.equal(log.isStartKnown, true);
});

test('while the reader is at the start, messages before the newest ones are forgotten and leave a gap', () => {
  const log = new RoomLog({ coveredTo: 1, lastSeq: 0, maxKnown: 100 });
  log.receive(entries(1, 101));
  log.forget(3);
  assert.deepEqual(known(log).slice(0, 50), seqs(entries(1, 50)));
  assert.equal(log.messages.at(-1).seq, 101);
  assert.equal(log.last, 101);
  const gaps = log.messages.map((_, index) => log.gapBefore(index)).filter((gap) => gap !== null);
  assert.equal(gaps.length, 1);
  log.acceptBefore(page(gaps[0].after + 1, gaps[0].before - 1, 101), gaps[0].before);
  assert.deepEqual(known(log), seqs(entries(1, 101)));
});

test('what arrives after the opening is no page of the log', () => {
  const log = new RoomLog({ coveredTo: 11, lastSeq: 10 });
  assert.equal(log.hasPage, false);
  log.receive([entry(11)]);
  assert.equal(log.hasPage, false);
  log.acceptBefore({ messages: [entry(10)], covered_to: 10, last_seq: 11 });
  assert.equal(log.hasPage, true);
});

test('an empty log, and one that the server has dropped, have no page to wait for', () => {
  assert.equal(new RoomLog({ coveredTo: 1, lastSeq: 0 }).hasPage, true);
  const dropped = new RoomLog({ coveredTo: 11, lastSeq: 10 });
  dropped.acceptBefore({ messages: [], covered_to: 11, last_seq: 10 });
  assert.equal(dropped.hasPage, true);
});
