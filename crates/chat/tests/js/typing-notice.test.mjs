import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TypingNotice } from '../../../../static/js/people/typing-notice.js';

test('typing is told at once, then at most each 3 seconds, and only while there is a text', () => {
  const told = [];
  let now = 0;
  const notice = new TypingNotice({ say: () => told.push(now), now: () => now });
  const editedAt = (ms, text) => {
    now = ms;
    notice.edited(text);
  };
  editedAt(0, ' \n');
  editedAt(10, 'h');
  editedAt(20, 'hi');
  editedAt(3_009, 'hi!');
  editedAt(3_010, 'hi!!');
  editedAt(9_000, '');
  assert.deepEqual(told, [10, 3_010]);
});

test('whoever writes on after a message is told of at once', () => {
  let told = 0;
  const notice = new TypingNotice({ say: () => (told += 1), now: () => 0 });
  notice.edited('h');
  notice.sent();
  notice.edited('a');
  assert.equal(told, 2);
});
