import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DirectPresence } from '../../../../static/js/rooms/direct-presence.js';
import { ada, grace, settled } from './helpers.mjs';
import { directRoom, publicRoom } from './make-rooms.mjs';

/** A presence with a server on which these people are here. */
function makePresence({ here = [ada, grace], ok = true } = {}) {
  const watched = [];
  const made = { watched, changes: 0 };
  made.presence = new DirectPresence({
    me: ada.id,
    request: async (event, { room }) => {
      watched.push(`${event} ${room}`);
      return { ok, people: here, typing: [], count: here.length };
    },
    changed: () => (made.changes += 1),
  });
  return made;
}

const ken = { id: 'u-ken', username: 'ken', display_name: 'Ken' };
const direct = directRoom('d', [ada, grace]);

test('it watches direct messages with one person, once', async () => {
  const { presence, watched } = makePresence();
  const rooms = [publicRoom('a', 'A'), direct, directRoom('three', [ada, grace, ken])];
  presence.follow(rooms);
  presence.follow(rooms);
  await settled();
  assert.deepEqual(watched, ['watch d']);
  assert.deepEqual([presence.isHere(grace.id), presence.isHere(ken.id)], [true, false]);
});

test('who comes and leaves is followed', async () => {
  const { presence } = makePresence({ here: [ada] });
  presence.follow([direct]);
  await settled();
  assert.ok(!presence.isHere(grace.id));
  presence.presence({ room: 'd', count: 2, joined: [grace], left: [] });
  assert.ok(presence.isHere(grace.id));
  presence.presence({ room: 'd', count: 1, joined: [], left: [{ id: grace.id }] });
  presence.presence({ room: 'other', count: 2, joined: [grace], left: [] });
  assert.ok(!presence.isHere(grace.id));
});

test('without a connection nobody is known to be here, and after it everything is watched again', async () => {
  const { presence, watched } = makePresence();
  presence.follow([direct]);
  await settled();
  presence.disconnected();
  assert.ok(!presence.isHere(grace.id));
  presence.follow([direct]);
  assert.equal(watched.length, 2);
});

test('a refused watch is not kept, and those of rooms that are gone end', async () => {
  const refused = makePresence({ ok: false });
  refused.presence.follow([direct]);
  await settled();
  refused.presence.follow([direct]);
  assert.deepEqual(refused.watched, ['watch d', 'watch d']);
  const { presence } = makePresence();
  presence.follow([direct]);
  await settled();
  presence.follow([]);
  assert.ok(!presence.isHere(grace.id));
});

test('the number of watched rooms has a maximum, and unread ones come first', () => {
  const { presence, watched } = makePresence();
  const many = Array.from({ length: 200 }, (_, i) => directRoom(`d${i}`, [ada, { ...ken, id: `u${i}` }], { unread: i === 150 ? 1 : 0 }));
  presence.follow(many);
  assert.equal(watched.length, 40);
  assert.equal(watched[0], 'watch d150');
});

test('a room that is hidden is no longer watched, unless the list shows who is there', async () => {
  const { presence, watched } = makePresence();
  presence.follow([direct]);
  await settled();
  presence.hidden('d');
  presence.hidden('other');
  assert.deepEqual(watched, ['watch d', 'unwatch other']);
});
