import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MessageAnnouncer } from '../../../../static/js/log/announcer.js';
import { messageRow } from '../../../../static/js/log/rows.js';
import { ada, entry } from './helpers.mjs';

/** A message announcer for Ada, whose pane and counter record their calls. */
function makeAnnouncer({ isSpeaking = true } = {}) {
  const calls = [];
  const pane = { isSpeaking, silence: () => calls.push('silence') };
  const announcer = {
    arrived(count, { isInLog }) {
      calls.push(`${count} arrived${isInLog ? ' in the log' : ''}`);
      return isInLog;
    },
    count: (count) => calls.push(`${count} late`),
    say: (sentence) => calls.push(sentence),
  };
  return { announcer: new MessageAnnouncer({ me: ada, pane, announcer }), calls };
}

const row = (message) => messageRow(message, ada);
const day = { key: 'day', kind: 'day' };

test('new messages in the log are read out there, with the heading of their day', () => {
  const { announcer, calls } = makeAnnouncer();
  const messages = [entry(1), entry(2)];
  announcer.messagesArrived(messages);
  const rows = messages.map(row);
  assert.deepEqual([...announcer.announce([day, ...rows])], rows);
  assert.deepEqual(calls, ['2 arrived in the log']);
});

test('older messages, dividers alone and an empty change are not read out', () => {
  const { announcer, calls } = makeAnnouncer();
  announcer.announce([row(entry(1)), row(entry(2))]);
  announcer.announce([day]);
  assert.deepEqual(calls, ['silence', 'silence']);
  announcer.announce([]);
  assert.equal(calls.length, 2);
});

test('new messages among older ones, or outside the page, are counted', () => {
  const { announcer, calls } = makeAnnouncer();
  const fresh = entry(9);
  announcer.messagesArrived([fresh]);
  announcer.announce([row(entry(1)), row(fresh)]);
  announcer.messagesArrived([entry(10), entry(11)]);
  announcer.announce([]);
  assert.deepEqual(calls, ['1 arrived', 'silence', '2 arrived']);
});

test('while the log is silent new messages are counted, each once', () => {
  const { announcer, calls } = makeAnnouncer({ isSpeaking: false });
  const fresh = entry(9);
  announcer.messagesArrived([fresh]);
  announcer.announce([row(fresh)]);
  announcer.announce([]);
  assert.deepEqual(calls, ['1 arrived', 'silence']);
});

test('the user’s own message is read out when it is sent, and not counted', () => {
  const { announcer, calls } = makeAnnouncer();
  announcer.announce([{ key: 'own a', kind: 'own', item: { id: 'a' } }]);
  const elsewhere = entry(3, { sender: ada });
  announcer.messagesArrived([elsewhere]);
  announcer.announce([row(elsewhere)]);
  announcer.messagesMissed([entry(4, { sender: ada }), entry(5)], { areMore: false });
  assert.deepEqual(calls, ['1 late']);
});

test('a failed message is announced with the reason', () => {
  const { announcer, calls } = makeAnnouncer();
  announcer.messageFailed({ refusal: { code: 'too_long' } });
  assert.match(calls[0], /^Not sent: it is too long/);
});
