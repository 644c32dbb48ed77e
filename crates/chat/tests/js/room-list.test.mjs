import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomList } from '../../../../static/js/rooms/room-list.js';
import { ada, entry, grace } from './helpers.mjs';
import { directRoom, publicRoom } from './make-rooms.mjs';

/** A list that counts how often it reports a change. */
function makeList(rooms) {
  const list = new RoomList({ me: ada.id, rooms });
  const made = { list, changes: 0 };
  list.whenChanged(() => (made.changes += 1));
  return made;
}

const ids = (list) => list.all.map(({ id }) => id);
const unread = (list, id) => [list.get(id).unread, list.get(id).mentions];

test('the lobby is first, then come rooms and direct messages, each by name', () => {
  const rooms = [directRoom('d', [ada, grace]), publicRoom('b', 'beta'), publicRoom('lobby', 'Lobby'), publicRoom('a', 'Alpha')];
  const { list } = makeList(rooms);
  assert.deepEqual(ids(list), ['lobby', 'a', 'b', 'd']);
  list.update(publicRoom('b', 'Aardvark'));
  assert.deepEqual(ids(list), ['lobby', 'b', 'a', 'd']);
});

test('live entries are counted once, in their room only, and own ones not at all', () => {
  const made = makeList([publicRoom('a', 'A', { last_seq: 3, read_seq: 3 }), publicRoom('b', 'B')]);
  const { list } = made;
  list.receive([entry(4, { room: 'a' }), entry(5, { room: 'a', sender: ada }), entry(1, { room: 'unknown' })]);
  list.receive([entry(4, { room: 'a' })]);
  assert.deepEqual([unread(list, 'a'), unread(list, 'b'), made.changes], [[1, 0], [0, 0], 1]);
  list.receive([entry(6, { room: 'a', mentions: [{ id: ada.id, username: 'ada' }] })]);
  assert.deepEqual(unread(list, 'a'), [2, 1]);
});

test('in a direct message everything is for the reader', () => {
  const { list } = makeList([directRoom('d', [ada, grace])]);
  list.receive([entry(1, { room: 'd' })]);
  assert.deepEqual(unread(list, 'd'), [1, 1]);
});

test('what was read here or in another window is no longer unread', () => {
  const { list } = makeList([publicRoom('a', 'A', { last_seq: 9, read_seq: 2, unread: 7, mentions: 1 }), publicRoom('b', 'B')]);
  list.receive([entry(1, { room: 'b' })]);
  list.setRead('a', { seq: 9, unread: 0, mentions: 0 });
  list.setRead('unknown', { seq: 9, unread: 0, mentions: 0 });
  assert.deepEqual([unread(list, 'a'), list.get('a').read_seq], [[0, 0], 9]);
  list.setAllRead();
  assert.deepEqual(unread(list, 'b'), [0, 0]);
});

test('a new list replaces the rooms, and keeps the entries that it does not know', () => {
  const { list } = makeList([publicRoom('a', 'A'), publicRoom('gone', 'Gone')]);
  list.receive([entry(1, { room: 'a' }), entry(2, { room: 'a' })]);
  list.replace([publicRoom('a', 'A', { last_seq: 1, unread: 1 }), publicRoom('new', 'New')]);
  assert.deepEqual([ids(list), unread(list, 'a')], [['a', 'new'], [2, 0]]);
});

test('a room that is gone, or that the user only visits, is not in the list', () => {
  const { list } = makeList([publicRoom('a', 'A'), publicRoom('b', 'B')]);
  list.update({ id: 'a', gone: true });
  list.update({ ...publicRoom('b', 'B'), role: null });
  assert.deepEqual(ids(list), []);
});

test('something that is not a room is ignored', () => {
  const { list } = makeList([publicRoom('a', 'A')]);
  list.update({ id: 'x', kind: 'of a later release', role: 'member' });
  list.update({ kind: 'public', role: 'member' });
  assert.deepEqual(ids(list), ['a']);
});

test('the list is behind when the log goes on without it', () => {
  const { list } = makeList([publicRoom('a', 'A', { last_seq: 4 })]);
  const isBehind = (room, seq) => list.isBehind({ room, last_seq: seq });
  assert.deepEqual([isBehind('a', 4), isBehind('a', 5), isBehind('unknown', 5)], [false, true, false]);
});

test('the direct message with one person is not one of several people', () => {
  const ken = { id: 'u-ken', username: 'ken', display_name: 'Ken' };
  const { list } = makeList([directRoom('three', [ada, grace, ken]), directRoom('two', [ada, grace])]);
  assert.equal(list.directWith('grace').id, 'two');
  assert.equal(list.directWith('ken'), undefined);
});
