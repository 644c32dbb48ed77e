import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/room-log.js';
import { rowsOf } from '../../../../static/js/log/rows.js';
import { ada, entry, grace } from './helpers.mjs';

const today = new Date(2026, 2, 3, 18, 0);
const at = (day, hour, minute) => new Date(2026, 2, day, hour, minute).toISOString();

/** Returns the rows of a log with these messages, or of a part of it, as short texts. */
function rows(messages, { from = 0, to, items = [], unreadAfter = null, log, now = today } = {}) {
  const of = log ?? new RoomLog({ coveredTo: 1, lastSeq: messages.length, messages });
  const all = rowsOf({ log: of, from, to: to ?? of.messages.length, items, me: ada, unreadAfter, today: now });
  return all.map((row) => {
    if (row.kind === 'day') return row.words;
    if (row.kind === 'message') return `${row.entry.seq}${row.continues ? '+' : ''}`;
    return row.kind === 'own' ? `${row.item.id}${row.continues ? '+' : ''}` : row.kind;
  });
}

test('each day has a heading, which midnight changes', () => {
  const messages = [
    entry(1, { sent_at: at(1, 9, 0) }),
    entry(2, { sent_at: at(2, 23, 59) }),
    entry(3, { sent_at: at(3, 0, 1) }),
  ];
  assert.deepEqual(rows(messages), ['Sunday 1 March', '1', 'Yesterday', '2', 'Today', '3']);
  const tomorrow = new Date(2026, 2, 4, 0, 0, 1);
  assert.deepEqual(rows(messages, { now: tomorrow }).slice(-2), ['Yesterday', '3']);
});

test('messages of one sender within five minutes are grouped', () => {
  const messages = [
    entry(1, { sent_at: at(3, 9, 0) }),
    entry(2, { sent_at: at(3, 9, 5) }),
    entry(3, { sent_at: at(3, 9, 11) }),
    entry(4, { sent_at: at(3, 9, 11), sender: ada }),
    entry(5, { sent_at: at(3, 9, 12), sender: ada }),
  ];
  assert.deepEqual(rows(messages), ['Today', '1', '2+', '3', '4', '5+']);
});

test('a message with another display name, or an erased one, is not grouped', () => {
  const sent_at = at(3, 9, 0);
  const messages = [
    entry(1, { sent_at }),
    entry(2, { sent_at, sender: { ...grace, display_name: 'Admiral' } }),
    entry(3, { sent_at, sender: null, text: null }),
    entry(4, { sent_at, sender: null, text: null }),
  ];
  assert.deepEqual(rows(messages), ['Today', '1', '2', '3', '4']);
});

test('a part of the log has the same rows as in the whole log', () => {
  const messages = [1, 2, 3, 4, 5, 6].map((seq) => entry(seq, { sent_at: at(seq > 3 ? 3 : 2, 9, seq) }));
  const whole = rows(messages);
  assert.deepEqual(whole, ['Yesterday', '1', '2+', '3+', 'Today', '4', '5+', '6+']);
  assert.deepEqual(rows(messages, { from: 1, to: 3 }), ['2+', '3+']);
  assert.deepEqual(rows(messages, { from: 3, to: 5 }), ['Today', '4', '5+']);
  assert.deepEqual(rows(messages, { from: 4 }), ['5+', '6+']);
});

test('a gap ends a group, also at the edge of a part', () => {
  const log = new RoomLog({ coveredTo: 1, lastSeq: 1, messages: [entry(1, { sent_at: at(3, 9, 0) })] });
  log.acceptNewest({ messages: [entry(9, { sent_at: at(3, 9, 1) })], covered_to: 9, last_seq: 9 });
  assert.deepEqual(rows([], { log }), ['Today', '1', 'gap', 'Today', '9']);
  assert.deepEqual(rows([], { log, from: 1 }), ['gap', 'Today', '9']);
});

test('the divider is above the first unread message, and ends a group', () => {
  const messages = [1, 2, 3].map((seq) => entry(seq, { sent_at: at(3, 9, seq) }));
  assert.deepEqual(rows(messages, { unreadAfter: 1 }), ['Today', '1', 'unread', '2', '3+']);
  assert.deepEqual(rows(messages, { unreadAfter: 3 }), ['Today', '1', '2+', '3+']);
  assert.deepEqual(rows(messages, { unreadAfter: 1, from: 2 }), ['3+']);
});

test('a pending message is the last one, and keeps its key when it is stored', () => {
  const sent_at = at(3, 9, 0);
  const item = { id: 'mine', writtenAt: new Date(sent_at), state: 'pending' };
  const messages = [entry(1, { sent_at, sender: ada })];
  assert.deepEqual(rows(messages, { items: [item] }), ['Today', '1', 'mine+']);
  const keys = (list, items) => {
    const log = new RoomLog({ coveredTo: 1, lastSeq: list.length, messages: list });
    return rowsOf({ log, from: 0, to: list.length, items, me: ada, unreadAfter: null, today }).map(({ key }) => key);
  };
  const stored = [...messages, entry(2, { sent_at, sender: ada, id: 'mine' })];
  assert.deepEqual(keys(messages, [item]), keys(stored, []));
  const others = [...messages, entry(2, { sent_at, id: 'mine' })];
  assert.notDeepEqual(keys(messages, [item]), keys(others, []));
});
