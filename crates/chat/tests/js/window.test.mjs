import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/log.js';
import { MOST_SHOWN, Window } from '../../../../static/js/log/window.js';
import { entries, room } from './helpers.mjs';

const logOf = (count) => new RoomLog({ room, coveredTo: 1, lastSeq: count, messages: entries(1, count) });
const windowOn = (log) => new Window(log, { most: 30, margin: 6 });

test('ten thousand messages do not stand in the page, and what is seen always does', () => {
  const log = logOf(10_000);
  const window = new Window(log);
  const stays = [];
  const look = (first) => {
    window.follow({ first, middle: first + 5, last: first + 11 });
    const { from, to } = window.bounds;
    assert.ok(to - from <= MOST_SHOWN && from <= first && to > first + 11, `${from} to ${to} at ${first}`);
    stays.push(from);
  };
  for (let first = 9_988; first >= 0; first -= 7) look(first);
  assert.equal(window.isAtStart, true);
  for (let first = 0; first <= 9_988; first += 7) look(first);
  assert.equal(window.isAtEnd, true);
  assert.ok(new Set(stays).size < stays.length / 4, 'it moves now and then, not at each look');
});

test('at the end it goes on with what comes, and lets go of as much at its start', () => {
  const log = logOf(50);
  const window = windowOn(log);
  assert.deepEqual(window.bounds, { from: 20, to: 50 });
  log.hear(entries(51, 53));
  assert.deepEqual(window.bounds, { from: 20, to: 53 });
  window.toEnd();
  assert.deepEqual(window.bounds, { from: 23, to: 53 });
});

test('away from the end it stays where it is while others come and older ones are read', () => {
  const log = new RoomLog({ room, coveredTo: 101, lastSeq: 200, messages: entries(101, 200) });
  const window = windowOn(log);
  window.follow({ first: 40, middle: 42, last: 44 });
  const seqsIn = () => [log.messages[window.bounds.from].seq, log.messages[window.bounds.to - 1].seq];
  const before = seqsIn();
  log.hear(entries(201, 205));
  log.acceptBefore({ messages: entries(51, 100), covered_to: 51, last_seq: 205 });
  assert.deepEqual(seqsIn(), before);
  assert.equal(window.isAtEnd, false);
});

test('whoever looks at its older part in a stream of news keeps what he looks at', () => {
  const log = logOf(30);
  const window = windowOn(log);
  const seen = { first: 2, middle: 4, last: 7 };
  for (let seq = 31; seq <= 90; seq += 1) {
    log.hear(entries(seq, seq));
    window.follow(seen);
    const { from, to } = window.bounds;
    assert.ok(from <= 2 && to > 7 && to - from <= 30);
  }
  assert.equal(window.isAtEnd, false);
});

test('a screen that shows more than the window may hold is not cut at its top', () => {
  const log = logOf(100);
  const window = windowOn(log);
  window.follow({ first: 20, middle: 40, last: 59 });
  assert.equal(window.bounds.from, 20);
});

test('to the start and back to the end', () => {
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
  log.hear(entries(1, 2));
  assert.deepEqual(window.bounds, { from: 0, to: 2 });
});

test('what is selected stays in it, however far the reader goes, and no longer than that', () => {
  const log = logOf(500);
  const window = windowOn(log);
  window.hold({ first: 480, last: 485 });
  window.follow({ first: 100, last: 104 });
  const { from, to } = window.bounds;
  assert.ok(from <= 100 && to >= 485 && to < 500, `${from} to ${to}`);
  window.follow({ first: 101, last: 105 });
  assert.deepEqual(window.bounds, { from, to }, 'it moves no more than it must');
  window.toStart();
  assert.deepEqual(window.bounds, { from: 0, to: 485 });
  window.hold({ first: 1, last: 2 });
  window.toEnd();
  assert.deepEqual(window.bounds, { from: 0, to: 500 });
  window.hold(null);
  window.follow({ first: 490, last: 499 });
  assert.deepEqual(window.bounds, { from: 470, to: 500 });
});

test('what comes to be selected outside of it is brought in', () => {
  const window = windowOn(logOf(500));
  window.hold({ first: 300, last: 300 });
  window.follow({ first: 490, last: 499 });
  assert.deepEqual(window.bounds, { from: 299, to: 500 });
});
