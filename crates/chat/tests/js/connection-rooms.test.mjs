import assert from 'node:assert/strict';
import { test } from 'node:test';

import { entry, room, seqs } from './helpers.mjs';
import { makeConnection } from './make-connection.mjs';

/** Joins a room and records what its handlers get. */
function joinRoom(connection, room) {
  const got = [];
  const leave = connection.join(room, {
    stateChanged: (state) => got.push(state),
    entries: (list) => got.push(seqs(list)),
    tip: ({ last_seq: seq }) => got.push(`tip ${seq}`),
    presence: ({ count }) => got.push(`presence ${count}`),
    typing: ({ users }) => got.push(`typing ${users.length}`),
  });
  return { got, leave };
}

test('single and batched entries are delivered alike', () => {
  const { connection, play } = makeConnection();
  const { got } = joinRoom(connection, room);
  play('chat message', 'grace : text 1', entry(1));
  play('chat messages', [entry(2), entry(3)]);
  assert.deepEqual(got, [[1], [2, 3]]);
});

test('each room gets its own entries and notices, until it leaves', () => {
  const { connection, play } = makeConnection();
  const [lobby, other] = [joinRoom(connection, room), joinRoom(connection, 'other')];
  const sendAll = (to) => {
    play('chat messages', [entry(1), entry(7, { room: to }), entry(2), entry(9, { room: 'unknown' })]);
    play('tip', { room: to, last_seq: 8 });
    play('presence', { room: to, count: 3, joined: [], left: [] });
    play('typing', { room: to, users: [] });
    play('typing', { room: 'unknown', users: [] });
  };
  sendAll('other');
  assert.deepEqual(lobby.got, [[1, 2]]);
  assert.deepEqual(other.got, [[7], 'tip 8', 'presence 3', 'typing 0']);
  other.leave();
  sendAll('other');
  assert.deepEqual([lobby.got.length, other.got.length], [2, 4]);
});

test('rooms get each state, and a room that joins later the current one', () => {
  const { connection, play } = makeConnection();
  const early = joinRoom(connection, room);
  connection.open();
  play('connect');
  const late = joinRoom(connection, 'other');
  connection.signOut();
  assert.deepEqual([early.got, late.got], [['connecting', 'connected', 'signed-out'], ['connected', 'signed-out']]);
});
