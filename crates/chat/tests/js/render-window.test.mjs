import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/room-log.js';
import { MAX_RENDERED, RenderWindow } from '../../../../static/js/log/render-window.js';
import { entries } from './helpers.mjs';

const logOf = (count) => new RoomLog({ coveredTo: 1, lastSeq: count, messages: entries(1, count) });
const windowOn = (log) => new RenderWindow(log, { size: 30, margin: 6 });

test('of ten thousand messages only some are in the page, and the visible ones always are', () => {
  const log = logOf(10_000);
  const window = new RenderWindow(log);
  const starts = [];
  const look = (first) => {
    window.follow({ first, middle: first + 5, last: first + 11 });
    const { from, to } = window.bounds;
    assert.ok(to - from <= MAX_RENDERED && from <= first && to > first + 11, `${from} to ${to} at ${first}`);
    starts.push(from);
  };
  for (let first = 9_988; first >= 0; first -= 7) look(first);
  assert.equal(window.isAtStart, true);
  for (let first = 0; first <= 9_988; first += 7) look(first);
  assert.equal(window.isAtEnd, true);
  assert.ok(new Set(starts).size < starts.length / 4, 'it moves rarely');
});

test('at the end it follows new messages, and then drops as many at its start', () => {
  const log = logOf(50);
  const window = windowOn(log);
  assert.deepEqual(window.bounds, { from: 20, to: 50 });
  log.receive(entries(51, 53));
  assert.deepEqual(window.bounds, { from: 20, to: 53 });
  window.toEnd();
  assert.deepEqual(window.bounds, { from: 23, to: 53 });
});

test('away from the end it stays where it is while new messages arrive and older ones are read', () => {
  const log = new RoomLog({ coveredTo: 101, lastSeq: 200, messages: entries(101, 200) });
  const window = windowOn(log);
  window.follow({ first: 40, middle: 42, last: 44 });
  const seqsIn = () => [log.messages[window.bounds.from].seq, log.messages[window.bounds.to - 1].seq];
  const before = seqsIn();
  log.receive(entries(201, 205));
  log.acceptBefore({ messages: entries(51, 100), covered_to: 51, last_seq: 205 });
  assert.deepEqual(seqsIn(), before);
  assert.equal(window.isAtEnd, false);
});

test('the visible messages in its older part stay in it while new ones arrive', () => {
  const log = logOf(30);
  const window = windowOn(log);
  const seen = { first: 2, middle: 4, last: 7 };
  for (let seq = 31; seq <= 90; seq += 1) {
    log.receive(entries(seq, seq));
    window.follow(seen);
    const { from, to } = window.bounds;
    assert.ok(from <= 2 && to > 7 && to - from <= 30);
  }
  assert.equal(window.isAtEnd, false);
});

test('it begins with the first visible message even if more are visible than its size', () => {
  const log = logOf(100);
  const window = windowOn(log);
  window.follow({ first: 20, middle: 40, last: 59 });
  assert.equal(window.bounds.from, 20);
});

test('it moves to the start and back to the end', () => {
  const log = logOf(100);
  const window = windowOn(log);
  window.toStart();
  assert.deepEqual(window.bounds, { from: 0, to: 30 });
  assert.equal(window.isAtEnd, false);
  window.toEnd();
  assert.deepEqual(window.bounds, { from: 70, to: 100 });
});

test('an empty log has an empty window at both ends', () => {
  const log = logOf(0);
  const window = windowOn(log);
  assert.deepEqual(window.bounds, { from: 0, to: 0 });
  log.receive(entries(1, 2));
  assert.deepEqual(window.bounds, { from: 0, to: 2 });
});

test('the selected messages stay in it until the selection ends', () => {
  const log = logOf(500);
  const window = windowOn(log);
  window.hold({ first: 480, last: 485 });
  window.follow({ first: 100, last: 104 });
  const { from, to } = window.bounds;
  assert.ok(from <= 100 && to >= 485 && to < 500, `${from} to ${to}`);
  window.follow({ first: 101, last: 105 });
  assert.deepEqual(window.bounds, { from, to }, 'it moves only if needed');
  window.toStart();
  assert.deepEqual(window.bounds, { from: 0, to: 485 });
  window.hold({ first: 1, last: 2 });
  window.toEnd();
  assert.deepEqual(window.bounds, { from: 0, to: 500 });
  window.hold(null);
  window.follow({ first: 490, last: 499 });
  assert.deepEqual(window.bounds, { from: 470, to: 500 });
});

test('messages that are selected outside of it are added to it', () => {
  const window = windowOn(logOf(500));
  window.hold({ first: 300, last: 300 });
  window.follow({ first: 490, last: 499 });
  assert.deepEqual(window.bounds, { from: 299, to: 500 });
});
