import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_NAMED, Presence } from '../../../../static/js/people/presence.js';
import { ada, grace, room } from './helpers.mjs';

const here = (person) => ({ ...person, away: false });
const away = (person) => ({ ...person, away: true });
const ken = { id: 'u-ken', username: 'ken', display_name: 'Ken' };
const crowd = (count) =>
  Array.from({ length: count }, (_, i) => here({ id: `u${i}`, username: `n${i}`, display_name: `N${i}` }));
const names = (people) => people.map(({ display_name: name }) => name);

function makePresence(people = [here(grace), here(ada)], count = people.length) {
  const presence = new Presence({ room, me: ada.id });
  presence.reset({ people, typing: [], count });
  return presence;
}

const change = (changes) => ({ room, count: 2, joined: [], left: [], ...changes });

test('nothing is known before it is told', () => {
  const presence = new Presence({ room, me: ada.id });
  assert.deepEqual([presence.count, presence.disagrees, presence.here], [null, false, []]);
});

test('those here and those away stand by name', () => {
  const presence = makePresence([here(ken), away(grace), here(ada)]);
  assert.deepEqual([names(presence.here), names(presence.away)], [['Ada', 'Ken'], ['Grace']]);
});

test('who came is added, who changed is replaced, who left is gone', () => {
  const presence = makePresence();
  presence.change(change({ count: 3, joined: [here(ken), away({ ...grace, display_name: 'Amazing Grace' })] }));
  assert.deepEqual([names(presence.here), names(presence.away)], [['Ada', 'Ken'], ['Amazing Grace']]);
  presence.change(change({ count: 2, left: [away(grace)] }));
  assert.deepEqual([names(presence.here), names(presence.away), presence.count], [['Ada', 'Ken'], [], 2]);
});

test('another room’s news are none of this one', () => {
  const presence = makePresence();
  assert.equal(presence.change(change({ room: 'elsewhere', left: [grace] })), false);
  assert.equal(presence.changeTyping({ room: 'elsewhere', users: [grace] }), false);
  assert.deepEqual([presence.here.length, presence.typing], [2, []]);
});

test('a list that does not agree with its number says so', () => {
  const presence = makePresence();
  presence.change(change({ count: 3 }));
  assert.equal(presence.disagrees, true);
  presence.change(change({ count: 2 }));
  assert.equal(presence.disagrees, false);
});

test('of a crowd the list is asked for again when few are named any more', () => {
  const all = crowd(MAX_NAMED);
  const presence = makePresence(all, 500);
  presence.change(change({ count: 450, left: all.slice(0, 50) }));
  assert.equal(presence.disagrees, false);
  presence.change(change({ count: 449, left: all.slice(50, 51) }));
  assert.equal(presence.disagrees, true);
});

test('of a crowd so many are named, and the others counted', () => {
  const presence = makePresence(crowd(MAX_NAMED), 237);
  assert.equal(presence.unnamed, 37);
  presence.change(change({ count: 238, joined: [away(ken)] }));
  assert.equal(presence.here.length, MAX_NAMED);
  assert.deepEqual([presence.away, presence.unnamed], [[], 38]);
});

test('who types is told without oneself, and forgotten with the connection', () => {
  const presence = makePresence();
  presence.changeTyping({ room, users: [here(ada), here(grace)] });
  assert.deepEqual(names(presence.typing), ['Grace']);
  presence.lose();
  assert.deepEqual(presence.typing, []);
});
