import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ReadMarks } from '../../../../static/js/log/read-marks.js';
import { Reading } from '../../../../static/js/log/reading.js';
import { RoomLog } from '../../../../static/js/log/room-log.js';
import { Lifetime } from '../../../../static/js/schedule.js';
import { ada, entries, entry, makeStorage } from './helpers.mjs';
import { lobby, makeList } from './make-list.mjs';

const KEY = 'natter.new.u-ada.lobby';

/** Ada looks at the lobby. She has read six of its ten messages. */
function makeReading({ room = lobby({ read_seq: 6, unread: 4 }), storage = makeStorage(), messages = entries(1, 10), coveredTo = 1 } = {}) {
  const list = makeList(...(room === null ? [] : [room]));
  const sent = [];
  const request = async (event, { seq }) => {
    sent.push(seq);
    return { ok: false, code: 'unavailable', retry_after_ms: 1_000 };
  };
  const marks = new ReadMarks({ request, rooms: list, schedule: () => () => {} });
  marks.connected();
  const log = new RoomLog({ coveredTo, lastSeq: 10, messages });
  const page = { isInForeground: true, changes: 0 };
  const lifetime = new Lifetime();
  const reading = new Reading({
    room: 'lobby',
    me: ada,
    rooms: list,
    marks,
    log,
    storage,
    isInForeground: () => page.isInForeground,
    changed: () => (page.changes += 1),
    lifetime,
  });
  return { reading, list, marks, log, sent, page, storage, lifetime };
}

const place = ({ unread: { readTo, count, dividerAfter } }) => [readTo, count, dividerAfter];

test('the divider is where the server says that the user had read to, and stays when the rest is seen', () => {
  const { reading, list, sent } = makeReading();
  assert.deepEqual(place(reading), [6, 4, 6]);
  reading.seen(10);
  assert.deepEqual([place(reading), sent, list.get('lobby').unread], [[10, 0, 6], [10], 0]);
});

test('the divider survives a reload, though everything was seen, and goes when the room is left', () => {
  const storage = makeStorage();
  makeReading({ storage }).reading.seen(10);
  const { reading } = makeReading({ storage, room: lobby() });
  assert.deepEqual(place(reading), [10, 0, 6]);
  reading.leave();
  assert.deepEqual([place(reading), storage.kept.has(KEY)], [[10, 0, null], false]);
  assert.deepEqual(place(makeReading({ storage, room: lobby() }).reading), [10, 0, null]);
});

test('what another window has read is read here, and takes the divider away unless somebody reads here', () => {
  const { reading, list, page } = makeReading();
  list.setRead('lobby', { seq: 8, unread: 2, mentions: 0, last_seq: 10 });
  assert.deepEqual([place(reading), page.changes], [[8, 2, 6], 1]);
  list.setRead('lobby', { seq: 10, unread: 0, mentions: 0, last_seq: 10 });
  assert.deepEqual(place(reading), [10, 0, 6]);
  const away = makeReading();
  away.page.isInForeground = false;
  away.list.setRead('lobby', { seq: 10, unread: 0, mentions: 0, last_seq: 10 });
  assert.deepEqual(place(away.reading), [10, 0, null]);
});

test('what this window has not sent yet is not taken back by an earlier report', () => {
  const { reading, list } = makeReading();
  reading.seen(10);
  list.setRead('lobby', { seq: 7, unread: 3, mentions: 0, last_seq: 10 });
  assert.deepEqual(place(reading), [10, 0, 6]);
});

test('messages that were marked as unread stay unread while they are visible', () => {
  const { reading, list, log, sent } = makeReading({ room: lobby() });
  reading.markUnreadFrom(4);
  assert.deepEqual([place(reading), sent, list.get('lobby').unread], [[3, 7, 3], [3], 7]);
  reading.seen(10);
  assert.deepEqual(place(reading), [3, 7, 3]);
  log.receive([entry(11)]);
  reading.seen(11);
  assert.deepEqual(place(reading), [3, 8, 3]);
  reading.sent();
  reading.seen(11);
  assert.deepEqual([place(reading), list.get('lobby').unread], [[11, 0, null], 0]);
});

test('marking as read takes the divider away, in this room and in all', () => {
  for (const mark of [({ marks }) => marks.markRead('lobby'), ({ marks }) => marks.markAllRead()]) {
    const made = makeReading({ room: lobby() });
    made.reading.markUnreadFrom(4);
    mark(made);
    assert.deepEqual([place(made.reading), made.list.get('lobby').unread], [[10, 0, null], 0]);
  }
});

test('marking as unread in another window shows the divider here', () => {
  const { reading, list } = makeReading({ room: lobby() });
  list.setRead('lobby', { seq: 3, unread: 7, mentions: 0, last_seq: 10 });
  reading.seen(10);
  assert.deepEqual(place(reading), [3, 7, 3]);
});

test('a room that was not left keeps its divider when it is shown', () => {
  const { reading } = makeReading();
  reading.seen(10);
  reading.enter();
  assert.deepEqual(place(reading), [10, 0, 6]);
});

test('a room that is shown again has its divider above what was not read in the meantime', () => {
  const { reading, list, log } = makeReading({ room: lobby() });
  reading.leave();
  list.receive(entries(11, 13));
  list.setRead('lobby', { seq: 12, unread: 1, mentions: 0, last_seq: 13 });
  reading.enter();
  log.receive(entries(11, 13));
  reading.messagesMissed(entries(11, 13));
  reading.seen(13);
  assert.deepEqual(place(reading), [13, 0, 12]);
});

test('a message that arrives before the first page leaves the divider where the user had read to', () => {
  const { reading, log, sent } = makeReading({ messages: [], coveredTo: 11 });
  log.receive([entry(11)]);
  reading.seen(11);
  reading.recount();
  assert.deepEqual([place(reading), sent], [[6, 0, null], []]);
  log.acceptBefore({ messages: [...entries(1, 6), entry(7, { sender: ada }), ...entries(8, 10)], covered_to: 1, last_seq: 11 });
  reading.recount();
  assert.deepEqual(place(reading), [6, 4, 7]);
  reading.seen(11);
  assert.deepEqual([place(reading), sent], [[11, 0, 7], [11]]);
});

test('for a visitor nothing is unread, and nothing can be marked', () => {
  const { reading, log, sent } = makeReading({ room: null });
  log.receive([entry(11)]);
  reading.seen(11);
  assert.deepEqual([place(reading), sent, reading.canMarkUnreadFrom(4)], [[11, 0, null], [], false]);
});

test('only what somebody else wrote can be marked as unread', () => {
  const messages = [...entries(1, 9), entry(10, { sender: ada })];
  const { reading } = makeReading({ messages });
  assert.deepEqual([reading.canMarkUnreadFrom(9), reading.canMarkUnreadFrom(10)], [true, false]);
});

test('a room that is closed receives nothing more', () => {
  const { reading, list, lifetime, page } = makeReading();
  lifetime.end();
  list.setRead('lobby', { seq: 10, unread: 0, mentions: 0, last_seq: 10 });
  assert.deepEqual([place(reading), page.changes], [[6, 4, 6], 0]);
});
