import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomFeed } from '../../../../static/js/rooms/room-feed.js';
import { RoomList } from '../../../../static/js/rooms/room-list.js';
import { ada, entry, settled } from './helpers.mjs';
import { makeTimers, publicRoom } from './make-rooms.mjs';

/** A feed with a server whose answers the test sets. */
function makeFeed({ rooms = [], answers = {} } = {}) {
  const list = new RoomList({ me: ada.id, rooms });
  const asked = [];
  const seen = [];
  const timers = makeTimers();
  const feed = new RoomFeed({
    list,
    presence: { presence: ({ room }) => seen.push(`presence ${room}`), disconnected: () => seen.push('disconnected') },
    ask: async (event, body) => {
      asked.push(`${event} ${body.room ?? ''}`.trim());
      return answers[event] ?? { ok: false, code: 'no_answer' };
    },
    changed: (room) => seen.push(`changed ${room.id}`),
    lost: (id) => seen.push(`lost ${id}`),
    replaced: () => seen.push('replaced'),
    arrived: (list) => seen.push(`arrived ${list.length}`),
    schedule: timers.schedule,
  });
  return { list, asked, seen, timers, answers, feed, ...feed.handlers };
}

test('each connection requests the whole list, and reports the rooms that are gone', async () => {
  const made = makeFeed({ rooms: [publicRoom('a', 'A'), publicRoom('b', 'B')], answers: { rooms: { ok: true, rooms: [publicRoom('b', 'B')] } } });
  made.stateChanged('connected');
  await settled();
  made.stateChanged('lost');
  assert.deepEqual([made.asked, made.seen], [['rooms'], ['lost a', 'replaced', 'disconnected']]);
});

test('without an answer the list stays as it is', async () => {
  const made = makeFeed({ rooms: [publicRoom('a', 'A')] });
  made.stateChanged('connected');
  await settled();
  assert.deepEqual([made.list.all.length, made.seen], [1, []]);
});

test('a changed room and one that is gone are distinguished', () => {
  const made = makeFeed();
  made.room(publicRoom('a', 'A'));
  made.room({ id: 'b', gone: true });
  made.presence({ room: 'd', joined: [], left: [] });
  assert.deepEqual(made.seen, ['changed a', 'lost b', 'presence d']);
});

test('entries and read marks reach the list', () => {
  const made = makeFeed({ rooms: [publicRoom('a', 'A')] });
  made.entries([entry(1, { room: 'a' }), entry(2, { room: 'a' })]);
  assert.deepEqual([made.list.get('a').unread, made.seen], [2, ['arrived 2']]);
  made.read({ room: 'a', seq: 2, unread: 0, mentions: 0 });
  assert.equal(made.list.get('a').unread, 0);
});

test('a room with missing entries is requested again, once', async () => {
  const made = makeFeed({ rooms: [publicRoom('a', 'A')], answers: { room: { ok: true, room: publicRoom('a', 'A', { last_seq: 3 }) } } });
  made.tip({ room: 'a', last_seq: 2 });
  made.tip({ room: 'a', last_seq: 3 });
  made.tip({ room: 'unknown', last_seq: 3 });
  assert.equal(made.timers.timers.length, 1);
  await made.timers.run();
  assert.deepEqual([made.asked, made.seen], [['room a'], ['changed a']]);
});

test('entries that arrive in time make the request needless', async () => {
  const made = makeFeed({ rooms: [publicRoom('a', 'A')] });
  made.tip({ room: 'a', last_seq: 1 });
  made.entries([entry(1, { room: 'a' })]);
  await made.timers.run();
  assert.deepEqual(made.asked, []);
});

test('a room that may not be seen any more is lost', async () => {
  const made = makeFeed({ rooms: [publicRoom('a', 'A')], answers: { room: { ok: false, code: 'unknown_room' } } });
  await made.feed.refresh('a');
  assert.deepEqual(made.seen, ['lost a']);
});
