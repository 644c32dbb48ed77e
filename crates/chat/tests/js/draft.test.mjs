import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Draft } from '../../../../static/js/writing/draft.js';
import { ada, grace, makeStorage, room } from './helpers.mjs';

/** A browser whose tabs are the names of lanes; those of `living` are open. */
function makeBrowser() {
  const storage = makeStorage();
  const living = new Set();
  const open = (name, { user = ada, where = room, previous = null } = {}) => {
    living.add(name);
    const ifOrphaned = async (other, action) => void (living.has(other) || action());
    return new Draft({ storage, user: user.id, room: where, lanes: { name, previous, ifOrphaned } });
  };
  return { storage, open, close: (name) => living.delete(name) };
}

async function adopted(draft) {
  await draft.adopt();
  return draft.load();
}

test('a draft survives the page, for its person, room and tab only', async () => {
  const { open } = makeBrowser();
  open('one').keep(' begun\n');
  assert.equal(await adopted(open('one')), ' begun\n');
  assert.equal(await adopted(open('two')), '');
  assert.equal(await adopted(open('one', { user: grace })), '');
  assert.equal(await adopted(open('one', { where: 'elsewhere' })), '');
});

test('what is written, sent and begun again in one tab leaves the other’s alone', () => {
  const { open } = makeBrowser();
  const [one, two] = [open('one'), open('two')];
  one.keep('long thought');
  two.keep('short');
  two.keep('');
  assert.deepEqual([one.load(), two.load()], ['long thought', '']);
});

test('a tab with none takes over the newest of those that are gone, once', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const { open, close } = makeBrowser();
  for (const name of ['old', 'new', 'older']) {
    t.mock.timers.setTime({ old: 2, new: 3, older: 1 }[name]);
    open(name).keep(name);
    close(name);
  }
  const busy = open('busy');
  busy.keep('mine');
  assert.equal(await adopted(busy), 'mine');
  assert.equal(await adopted(open('a')), 'new');
  assert.equal(await adopted(open('b')), 'old');
  assert.equal(await adopted(open('b')), 'old');
});

test('a tab that got a new name finds first what it had itself', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const { open, close } = makeBrowser();
  for (const name of ['before', 'other']) {
    open(name).keep(name);
    close(name);
    t.mock.timers.tick(1);
  }
  assert.equal(await adopted(open('now', { previous: 'before' })), 'before');
});

test('an emptied one leaves nothing behind', () => {
  const { storage, open } = makeBrowser();
  const draft = open('one');
  draft.keep('begun');
  draft.keep(' \n');
  assert.equal(storage.kept.size, 0);
});

test('who leaves forgets his own and those of tabs that are gone', async () => {
  const { open, close } = makeBrowser();
  const [own, gone, living] = [open('own'), open('gone'), open('living')];
  const other = open('other', { user: grace });
  [own, gone, living, other].forEach((draft) => draft.keep('begun'));
  close('gone');
  close('other');
  await own.forget();
  assert.deepEqual([own, gone, living, other].map((draft) => draft.load()), ['', '', 'begun', 'begun']);
});

test('junk and a full storage are no draft and no fault', async () => {
  const { storage, open } = makeBrowser();
  for (const junk of ['{', '7', 'null', '"x"', '{"text":5}', '{"writtenAt":"x"}']) {
    storage.kept.set('natter.draft.u-ada.lobby.junk', junk);
    assert.equal(await adopted(open('one')), '');
    assert.equal(storage.kept.size, 0);
  }
  storage.kept.set('natter.draft.u-ada.lobby.gone', '{"text":"begun"}');
  storage.isFull = true;
  assert.equal(open('one').keep('more'), false);
  assert.equal(await adopted(open('one')), '');
  assert.equal(storage.kept.size, 1);
});
