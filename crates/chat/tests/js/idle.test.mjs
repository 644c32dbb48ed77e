import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IdleDetector } from '../../../../static/js/people/idle.js';
import { makeDocument } from './helpers.mjs';

function makeDetector(document) {
  const changes = [];
  const timers = new Map();
  let next = 0;
  const idle = new IdleDetector({
    document,
    changed: (isAway) => changes.push(isAway),
    schedule: (ms, action) => {
      const timer = (next += 1);
      timers.set(timer, { ms, action });
      return () => timers.delete(timer);
    },
  });
  const runTimers = () => {
    const due = [...timers.values()];
    timers.clear();
    due.forEach(({ action }) => action());
    return due.map(({ ms }) => ms);
  };
  return { idle, changes, runTimers };
}

test('the user is away after the page was hidden for five minutes, until it is visible', () => {
  const document = makeDocument();
  const { idle, changes, runTimers } = makeDetector(document);
  document.turn(true);
  assert.deepEqual([idle.isAway, changes], [false, []]);
  assert.deepEqual(runTimers(), [300_000]);
  assert.deepEqual([idle.isAway, changes], [true, [true]]);
  document.turn(false);
  assert.deepEqual([idle.isAway, changes], [false, [true, false]]);
});

test('the five minutes start again when the page was visible in between', () => {
  const document = makeDocument();
  const { changes, runTimers } = makeDetector(document);
  document.turn(true);
  document.turn(false);
  assert.deepEqual(runTimers(), []);
  document.turn(true);
  document.turn(true);
  assert.deepEqual(runTimers(), [300_000]);
  assert.deepEqual(changes, [true]);
});

test('a page that is hidden from the start is away after the same time', () => {
  const { idle, runTimers } = makeDetector(makeDocument({ hidden: true }));
  runTimers();
  assert.equal(idle.isAway, true);
});
