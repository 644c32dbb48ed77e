import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log.js';
import { entries, entry, room, seqs } from './helpers.mjs';

const logTo = (lastSeq, coveredTo = 1) => new RoomLog({ room, coveredTo, lastSeq });

test('entries come out once and in order', () => {
  const log = logTo(2);
  assert.deepEqual(seqs(log.hear([entry(3)])), [3]);
  assert.deepEqual(seqs(log.hear([entry(3), entry(2), entry(4)])), [4]);
  assert.equal(log.last, 4);
  assert.equal(log.isBehind, false);
});

test('an early entry waits for those before it', () => {
  const log = logTo(2);
  assert.deepEqual(log.hear([entry(5), entry(4)]), []);
  assert.equal(log.isBehind, true);
  assert.deepEqual(seqs(log.hear([entry(3)])), [3, 4, 5]);
  assert.equal(log.isBehind, false);
});

test('a page read forward fills the gap and is not doubled by what came early', () => {
  const log = logTo(2);
  log.hear([entry(5), entry(7)]);
  const page = { messages: entries(3, 6), covered_to: 6, last_seq: 7 };
  assert.deepEqual(seqs(log.acceptAfter(page)), [3, 4, 5, 6, 7]);
  assert.deepEqual(log.acceptAfter(page), []);
  assert.deepEqual(log.hear([entry(5)]), []);
  assert.equal(log.last, 7);
});

test('what a page covers and does not hold does not exist', () => {
  const log = logTo(2);
  assert.deepEqual(seqs(log.acceptAfter({ messages: [entry(9)], covered_to: 10, last_seq: 10 })), [9]);
  assert.equal(log.last, 10);
  assert.equal(log.isBehind, false);
});

test('a page that ends before the log does leaves it behind', () => {
  const log = logTo(0);
  log.acceptAfter({ messages: entries(1, 100), covered_to: 100, last_seq: 250 });
  assert.equal(log.last, 100);
  assert.equal(log.isBehind, true);
});

test('a tip says that something is missing', () => {
  const log = logTo(4);
  log.hearEnd({ room, last_seq: 4 });
  assert.equal(log.isBehind, false);
  log.hearEnd({ room: 'elsewhere', last_seq: 9 });
  assert.equal(log.isBehind, false);
  log.hearEnd({ room, last_seq: 5 });
  assert.equal(log.isBehind, true);
});

test('an unknown kind counts but is not shown', () => {
  const log = logTo(2);
  assert.deepEqual(seqs(log.hear([entry(3, { kind: 'reaction' }), entry(4)])), [4]);
  assert.equal(log.last, 4);
});

test('an erased entry is a message still', () => {
  const log = logTo(2);
  assert.deepEqual(seqs(log.hear([entry(3, { sender: null, text: null, erased: true })])), [3]);
});

test('entries of another room are none of this log', () => {
  const log = logTo(2);
  assert.deepEqual(log.hear([entry(3, { room: 'elsewhere' })]), []);
  assert.equal(log.isBehind, false);
});

test('a flood of early entries is not held, and the next one still comes through', () => {
  const log = logTo(0);
  log.hear(entries(2, 5_000));
  const first = log.hear([entry(1)]);
  assert.equal(seqs(first)[0], 1);
  assert.equal(log.isBehind, true);
  assert.ok(log.last < 5_000);
});

test('reading back goes on until nothing older is left', () => {
  const log = logTo(120, 71);
  assert.equal(log.startReached, false);
  const newer = log.acceptBefore({ messages: entries(21, 70), covered_to: 21, last_seq: 120 });
  assert.deepEqual(seqs(newer), seqs(entries(21, 70)));
  assert.equal(log.first, 21);
  const oldest = log.acceptBefore({ messages: entries(1, 20), covered_to: 1, last_seq: 120 });
  assert.deepEqual(seqs(oldest), seqs(entries(1, 20)));
  assert.equal(log.startReached, true);
});

test('where old entries were dropped, the first that is kept is the start', () => {
  const log = logTo(120, 71);
  assert.deepEqual(log.acceptBefore({ messages: [], covered_to: 71, last_seq: 120 }), []);
  assert.equal(log.startReached, true);
  assert.equal(log.first, 71);
});

test('an empty log has no more to read in either direction', () => {
  const log = logTo(0);
  assert.equal(log.startReached, true);
  assert.equal(log.isBehind, false);
});
