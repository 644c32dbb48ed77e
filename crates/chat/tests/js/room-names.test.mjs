import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isListed, pathOf, roomAt, titleOf } from '../../../../static/js/rooms/room-names.js';
import { ada, grace } from './helpers.mjs';
import { directRoom, publicRoom } from './make-rooms.mjs';

test('the lobby has the address of the site, and each other room its own', () => {
  assert.deepEqual([pathOf('lobby'), pathOf('0198-a')], ['/', '/rooms/0198-a']);
  assert.deepEqual(['/', '/rooms/0198-a'].map(roomAt), ['lobby', '0198-a']);
});

test('other addresses are of no room', () => {
  for (const path of ['/rooms', '/rooms/', '/rooms/a/members', '/rooms/a%2Fb', '/logout', '//rooms/a']) assert.equal(roomAt(path), null, path);
});

test('a direct message is called by the others in it', () => {
  const ken = { id: 'u-ken', username: 'ken', display_name: 'Ken' };
  assert.equal(titleOf(directRoom('d', [grace, ada, ken]), ada.id), 'Grace, Ken');
  assert.equal(titleOf(directRoom('d', [ada]), ada.id), 'Only you');
  assert.equal(titleOf(publicRoom('a', 'Alpha'), ada.id), 'Alpha');
});

test('only rooms of known kinds can be listed', () => {
  assert.ok(isListed(publicRoom('a', 'A')));
  for (const other of [null, {}, { id: 1, kind: 'public' }, { id: 'a', kind: 'other' }]) assert.ok(!isListed(other));
});
