import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_COUNT, RoomCounts } from '../../../../static/js/log/room-counts.js';
import { ada, entries, entry, grace } from './helpers.mjs';

const naming = (...people) => ({ mentions: people.map(({ id, username }) => ({ id, username })) });

/** The counts of a room as the server reports it: Ada has read 10 of 12 entries, and one of the others names her. */
function makeCounts(room = {}) {
  const counts = new RoomCounts({ me: ada.id });
  counts.reset({ kind: 'public', read_seq: 10, last_seq: 12, unread: 2, mentions: 1, ...room });
  return counts;
}

const both = ({ unread, mentions }) => [unread, mentions];

test('live messages of others are added to what the server counted, each once', () => {
  const counts = makeCounts();
  assert.equal(counts.received([entry(12), entry(13), entry(14, naming(grace, ada))]), true);
  assert.equal(counts.received([entry(13), entry(15, { sender: ada }), entry(16, { kind: 'joined' })]), false);
  assert.deepEqual([...both(counts), counts.lastSeq], [4, 2, 16]);
});

test('a count of the server keeps the live entries that it does not contain', () => {
  const counts = makeCounts();
  counts.received([entry(13), entry(14, naming(ada))]);
  counts.moved({ seq: 12, unread: 1, mentions: 0, last_seq: 13 });
  assert.deepEqual(both(counts), [2, 1]);
  counts.moved({ seq: 12, unread: 2, mentions: 1, last_seq: 14 });
  assert.deepEqual(both(counts), [2, 1]);
  counts.reset({ kind: 'public', read_seq: 14, last_seq: 14, unread: 0, mentions: 0 });
  assert.deepEqual(both(counts), [0, 0]);
});

test('what this page has read is not unread, and what comes later is', () => {
  const counts = makeCounts();
  counts.received([entry(13), entry(14, naming(ada))]);
  counts.moved({ seq: 13, unread: 0, mentions: 0 });
  assert.deepEqual([...both(counts), counts.readSeq], [1, 1, 13]);
  assert.equal(counts.received([entry(15)]), true);
  assert.deepEqual(both(counts), [2, 1]);
});

test('a message that was read before it arrived here is not counted', () => {
  const counts = makeCounts();
  counts.moved({ seq: 14, unread: 0, mentions: 0, last_seq: 14 });
  assert.equal(counts.received([entry(13), entry(14)]), false);
  assert.deepEqual(both(counts), [0, 0]);
});

test('marking as unread counts again what was read', () => {
  const counts = makeCounts({ read_seq: 12, unread: 0, mentions: 0 });
  counts.moved({ seq: 4, unread: 7, mentions: 2, last_seq: 12 });
  counts.received([entry(13)]);
  assert.deepEqual([...both(counts), counts.readSeq], [8, 2, 4]);
});

test('both counts end at a hundred', () => {
  const counts = makeCounts({ unread: MAX_COUNT, mentions: 99 });
  counts.received(entries(13, 200).map((each) => ({ ...each, ...naming(ada) })));
  assert.deepEqual(both(counts), [MAX_COUNT, MAX_COUNT]);
});

test('each message in a direct room is for the reader', () => {
  const counts = makeCounts({ kind: 'direct', mentions: 0 });
  counts.received([entry(13)]);
  assert.deepEqual(both(counts), [3, 3]);
});

test('for a visitor nothing is unread', () => {
  const counts = new RoomCounts({ me: ada.id });
  counts.reset({ kind: 'public', role: null, last_seq: 12 });
  assert.equal(counts.received([entry(13)]), false);
  assert.deepEqual([...both(counts), counts.readSeq], [0, 0, null]);
});
