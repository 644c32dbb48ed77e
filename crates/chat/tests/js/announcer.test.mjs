import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CountAnnouncer } from '../../../../static/js/log/announcer.js';

/** An announcer with a clock that the test controls. */
function makeAnnouncer() {
  const said = [];
  let now = 0;
  let timer = null;
  const announcer = new CountAnnouncer({
    say: (sentence) => said.push(sentence),
    words: (count, areMore) => `${count}${areMore ? '+' : ''} at ${now}`,
    now: () => now,
    schedule: (ms, action) => {
      assert.equal(timer, null, 'one timer at a time');
      timer = { at: now + ms, action };
    },
  });
  const pass = (ms) => {
    const end = now + ms;
    while (timer !== null && timer.at <= end) {
      const { at, action } = timer;
      now = at;
      timer = null;
      action();
    }
    now = end;
  };
  return { announcer, said, pass };
}

test('a few messages are read out by the log', () => {
  const { announcer, said, pass } = makeAnnouncer();
  for (let i = 0; i < 20; i += 1) {
    assert.equal(announcer.arrived(1, { isInLog: true }), true);
    pass(250);
  }
  pass(10_000);
  assert.deepEqual(said, []);
});

test('after a burst the number is announced', () => {
  const { announcer, said, pass } = makeAnnouncer();
  assert.equal(announcer.arrived(5, { isInLog: true }), true);
  pass(100);
  assert.equal(announcer.arrived(7, { isInLog: true }), false);
  pass(500);
  assert.equal(announcer.arrived(5, { isInLog: true }), false);
  pass(900);
  assert.deepEqual(said, []);
  pass(5_000);
  assert.deepEqual(said, ['12 at 1600']);
  assert.equal(announcer.arrived(1, { isInLog: true }), true);
});

test('a single message is added to a number that is not announced yet', () => {
  const { announcer, said, pass } = makeAnnouncer();
  announcer.count(3);
  pass(500);
  assert.equal(announcer.arrived(1, { isInLog: true }), false);
  pass(5_000);
  assert.deepEqual(said, ['4 at 1500']);
});

test('a continuous stream is announced every five seconds', () => {
  const { announcer, said, pass } = makeAnnouncer();
  for (let i = 0; i < 110; i += 1) {
    announcer.arrived(10, { isInLog: true });
    pass(100);
  }
  assert.deepEqual(said, ['500 at 5000', '500 at 10000']);
});

test('messages that are not in the log are always counted', () => {
  const { announcer, said, pass } = makeAnnouncer();
  assert.equal(announcer.arrived(1, { isInLog: false }), false);
  announcer.count(100, { areMore: true });
  announcer.count(0);
  pass(5_000);
  announcer.count(2);
  pass(5_000);
  assert.deepEqual(said, ['101+ at 1000', '2 at 6000']);
});

test('another sentence is announced at once', () => {
  const { announcer, said } = makeAnnouncer();
  announcer.say('Not sent.');
  assert.deepEqual(said, ['Not sent.']);
});
