import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_OFFERS, offersFor } from '../../../../static/js/rooms/switcher.js';
import { ada, grace } from './helpers.mjs';
import { directRoom, publicRoom } from './make-rooms.mjs';

const titles = (text, known) => offersFor(text, { rooms: [], me: ada, ...known }).map(({ title }) => title);

test('without a text the most urgent rooms are first, then those that were shown last', () => {
  const rooms = [
    publicRoom('a', 'Never shown'),
    publicRoom('b', 'Shown'),
    publicRoom('c', 'Unread', { unread: 3 }),
    publicRoom('d', 'Mentions', { unread: 3, mentions: 1 }),
    publicRoom('e', 'Silent', { unread: 9, notify: 'none' }),
    publicRoom('f', 'Shown last'),
  ];
  const expected = ['Mentions', 'Unread', 'Shown last', 'Shown', 'Never shown', 'Silent'];
  assert.deepEqual(titles(' ', { rooms, recent: ['f', 'b'] }), expected);
});

test('names that begin with the text are first, then words, then the rest', () => {
  const rooms = [publicRoom('a', 'Decompilers'), publicRoom('b', 'Old compilers'), publicRoom('c', 'Compilers'), publicRoom('d', 'Release')];
  assert.deepEqual(titles('comp', { rooms }), ['Compilers', 'Old compilers', 'Decompilers']);
});

test('letter case and accents do not matter', () => {
  assert.deepEqual(titles('CAFE', { rooms: [publicRoom('a', 'Café')] }), ['Café']);
});

test('public rooms and people are offered after the user’s own rooms, each once, and never the user', () => {
  const rooms = [publicRoom('a', 'Gardens')];
  const gus = { id: 'u-gus', username: 'gus', display_name: 'Gus' };
  const found = { public: [publicRoom('a', 'Gardens'), publicRoom('b', 'Games')], people: [gus, { ...ada, display_name: 'Gill' }] };
  assert.deepEqual(titles('g', { rooms, found }), ['Gardens', 'Games', 'Gus']);
});

test('a direct message is found by user names, too', () => {
  const rooms = [directRoom('d', [ada, { ...grace, username: 'admiral' }])];
  assert.deepEqual(titles('admi', { rooms }), ['Grace']);
  assert.deepEqual(titles('release', { rooms }), []);
});

test('the list has a maximum', () => {
  const rooms = Array.from({ length: 200 }, (_, i) => publicRoom(`r${i}`, `Room ${i}`));
  assert.equal(titles('', { rooms }).length, MAX_OFFERS);
  assert.equal(titles('room', { rooms }).length, MAX_OFFERS);
});
