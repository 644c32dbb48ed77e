import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Draft, forgetDrafts } from '../../../../static/js/compose/draft.js';
import { ada, grace, makeStorage, room } from './helpers.mjs';

/** A browser with tabs, named by their outboxes; those in `opened` are open. */
function makeBrowser() {
  const storage = makeStorage();
  const opened = new Set();
  const open = (name, { user = ada, where = room, previous = null } = {}) => {
    opened.add(name);
    return new Draft({ storage, user: user.id, room: where, outboxes: outboxesOf(name, previous) });
  };
  const outboxesOf = (name, previous = null) => {
    const ifClosed = async (other, action) => void (opened.has(other) || action());
    return { name, previous, ifClosed };
  };
  return { storage, open, outboxesOf, close: (name) => opened.delete(name) };
}

async function adopted(draft) {
  await draft.adopt();
  return draft.load();
}

test('a draft survives a reload, for its user, room and tab only', async () => {
  const { open } = makeBrowser();
  open('one').store(' begun\n');
  assert.equal(await adopted(open('one')), ' begun\n');
  assert.equal(await adopted(open('two')), '');
  assert.equal(await adopted(open('one', { user: grace })), '');
  assert.equal(await adopted(open('one', { where: 'elsewhere' })), '');
});

test('writing and sending in one tab does not change the draft of another', () => {
  const { open } = makeBrowser();
  const [one, two] = [open('one'), open('two')];
  one.store('long thought');
  two.store('short');
  two.store('');
  assert.deepEqual([one.load(), two.load()], ['long thought', '']);
});

test('a tab without a draft adopts the newest one of a closed tab, once', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const { open, close } = makeBrowser();
  for (const name of ['old', 'new', 'older']) {
    t.mock.timers.setTime({ old: 2, new: 3, older: 1 }[name]);
    open(name).store(name);
    close(name);
  }
  const busy = open('busy');
  busy.store('mine');
  assert.equal(await adopted(busy), 'mine');
  assert.equal(await adopted(open('a')), 'new');
  assert.equal(await adopted(open('b')), 'old');
  assert.equal(await adopted(open('b')), 'old');
});

test('a tab with a new name first adopts its own former draft', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const { open, close } = makeBrowser();
  for (const name of ['before', 'other']) {
    open(name).store(name);
    close(name);
    t.mock.timers.tick(1);
  }
  assert.equal(await adopted(open('now', { previous: 'before' })), 'before');
});

test('an empty draft is removed', () => {
  const { storage, open } = makeBrowser();
  const draft = open('one');
  draft.store('begun');
  draft.store(' \n');
  assert.equal(storage.kept.size, 0);
});

test('logging out removes the drafts of this tab and of closed ones, in all rooms', async () => {
  const { storage, open, outboxesOf, close } = makeBrowser();
  const [own, gone, opened] = [open('own'), open('gone'), open('opened')];
  const other = open('other', { user: grace });
  const inOtherRoom = open('own', { where: 'elsewhere' });
  [own, gone, opened, other, inOtherRoom].forEach((draft) => draft.store('begun'));
  close('gone');
  close('other');
  await forgetDrafts({ storage, user: ada.id, outboxes: outboxesOf('own') });
  const left = [own, gone, opened, other, inOtherRoom].map((draft) => draft.load());
  assert.deepEqual(left, ['', '', 'begun', 'begun', '']);
});

test('invalid values and a full storage are handled', async () => {
  const { storage, open } = makeBrowser();
  for (const junk of ['{', '7', 'null', '"x"', '{"text":5}', '{"writtenAt":"x"}']) {
    storage.kept.set('natter.draft.u-ada.lobby.junk', junk);
    assert.equal(await adopted(open('one')), '');
    assert.equal(storage.kept.size, 0);
  }
  storage.kept.set('natter.draft.u-ada.lobby.gone', '{"text":"begun"}');
  storage.isFull = true;
  assert.equal(open('one').store('more'), false);
  assert.equal(await adopted(open('one')), '');
  assert.equal(storage.kept.size, 1);
});

test('a draft that a former release stored is read', () => {
  const { storage, open } = makeBrowser();
  storage.setItem('natter.draft.u-ada.lobby.0123456789abcdef', '{"text":"half a thought","writtenAt":1767225600000}');
  assert.equal(open('0123456789abcdef').load(), 'half a thought');
});
