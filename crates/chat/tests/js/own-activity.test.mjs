import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IdleDetector, TypingNotifier } from '../../../../static/js/people/own-activity.js';
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

test('typing is sent at once, then at most every 3 seconds, and only while there is a text', () => {
  const sent = [];
  let now = 0;
  const notifier = new TypingNotifier({ notify: () => sent.push(now), now: () => now });
  const editedAt = (ms, text) => {
    now = ms;
    notifier.edited(text);
  };
  editedAt(0, ' \n');
  editedAt(10, 'h');
  editedAt(20, 'hi');
  editedAt(3_009, 'hi!');
  editedAt(3_010, 'hi!!');
  editedAt(9_000, '');
  assert.deepEqual(sent, [10, 3_010]);
});

test('after a message typing is sent at once', () => {
  let sent = 0;
  const notifier = new TypingNotifier({ notify: () => (sent += 1), now: () => 0 });
  notifier.edited('h');
  notifier.sent();
  notifier.edited('a');
  assert.equal(sent, 2);
});
