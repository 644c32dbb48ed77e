import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_NAMED, Presence } from '../../../../static/js/people/presence.js';
import { ada, grace } from './helpers.mjs';

const here = (person) => ({ ...person, away: false });
const away = (person) => ({ ...person, away: true });
const ken = { id: 'u-ken', username: 'ken', display_name: 'Ken' };
const manyPeople = (count) =>
  Array.from({ length: count }, (_, i) => here({ id: `u${i}`, username: `n${i}`, display_name: `N${i}` }));
const names = (people) => people.map(({ display_name: name }) => name);

function makePresence(people = [here(grace), here(ada)], count = people.length) {
  const presence = new Presence({ me: ada.id });
  presence.reset({ people, typing: [], count });
  return presence;
}

const change = (changes) => ({ count: 2, joined: [], left: [], ...changes });

test('nothing is known before the first report', () => {
  const presence = new Presence({ me: ada.id });
  assert.deepEqual([presence.count, presence.isInconsistent, presence.here], [null, false, []]);
});

test('those here and those away are sorted by name', () => {
  const presence = makePresence([here(ken), away(grace), here(ada)]);
  assert.deepEqual([names(presence.here), names(presence.away)], [['Ada', 'Ken'], ['Grace']]);
});

test('people who come are added, who change are replaced, who leave are removed', () => {
  const presence = makePresence();
  presence.change(change({ count: 3, joined: [here(ken), away({ ...grace, display_name: 'Amazing Grace' })] }));
  assert.deepEqual([names(presence.here), names(presence.away)], [['Ada', 'Ken'], ['Amazing Grace']]);
  presence.change(change({ count: 2, left: [away(grace)] }));
  assert.deepEqual([names(presence.here), names(presence.away), presence.count], [['Ada', 'Ken'], [], 2]);
});

test('a list that does not match the number is inconsistent', () => {
  const presence = makePresence();
  presence.change(change({ count: 3 }));
  assert.equal(presence.isInconsistent, true);
  presence.change(change({ count: 2 }));
  assert.equal(presence.isInconsistent, false);
});

test('in a large room the list is inconsistent when too few are named', () => {
  const all = manyPeople(MAX_NAMED);
  const presence = makePresence(all, 500);
  presence.change(change({ count: 450, left: all.slice(0, 50) }));
  assert.equal(presence.isInconsistent, false);
  presence.change(change({ count: 449, left: all.slice(50, 51) }));
  assert.equal(presence.isInconsistent, true);
});

test('in a large room the named people are bounded, and the others are counted', () => {
  const presence = makePresence(manyPeople(MAX_NAMED), 237);
  assert.equal(presence.unnamed, 37);
  presence.change(change({ count: 238, joined: [away(ken)] }));
  assert.equal(presence.here.length, MAX_NAMED);
  assert.deepEqual([presence.away, presence.unnamed], [[], 38]);
});

test('those who are typing do not include the reader, and are cleared when the connection is lost', () => {
  const presence = makePresence();
  presence.changeTyping({ users: [here(ada), here(grace)] });
  assert.deepEqual(names(presence.typing), ['Grace']);
  presence.lose();
  assert.deepEqual(presence.typing, []);
});
