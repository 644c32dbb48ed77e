import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Attention } from '../../../../static/js/people/attention.js';
import { makeDocument } from './helpers.mjs';

function makeAttention(document) {
  const changes = [];
  const timers = new Map();
  let next = 0;
  const attention = new Attention({
    document,
    changed: (isAway) => changes.push(isAway),
    schedule: (ms, action) => {
      timers.set((next += 1), { ms, action });
      return next;
    },
    cancel: (timer) => timers.delete(timer),
  });
  const runTimers = () => {
    const due = [...timers.values()];
    timers.clear();
    due.forEach(({ action }) => action());
    return due.map(({ ms }) => ms);
  };
  return { attention, changes, runTimers };
}

test('whoever hides the page for five minutes is away, and here again on looking', () => {
  const document = makeDocument();
  const { attention, changes, runTimers } = makeAttention(document);
  document.turn(true);
  assert.deepEqual([attention.isAway, changes], [false, []]);
  assert.deepEqual(runTimers(), [300_000]);
  assert.deepEqual([attention.isAway, changes], [true, [true]]);
  document.turn(false);
  assert.deepEqual([attention.isAway, changes], [false, [true, false]]);
});

test('a look in between begins the five minutes anew', () => {
  const document = makeDocument();
  const { changes, runTimers } = makeAttention(document);
  document.turn(true);
  document.turn(false);
  assert.deepEqual(runTimers(), []);
  document.turn(true);
  document.turn(true);
  assert.deepEqual(runTimers(), [300_000]);
  assert.deepEqual(changes, [true]);
});

test('a page that begins hidden is away after the same time', () => {
  const { attention, runTimers } = makeAttention(makeDocument({ hidden: true }));
  runTimers();
  assert.equal(attention.isAway, true);
});
