import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TypingNotifier } from '../../../../static/js/people/presence-controller.js';

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
