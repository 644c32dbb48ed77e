import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ReadMark } from '../../../../static/js/log/read-mark.js';
import { ada, grace, makeStorage, makeWindow, room } from './helpers.mjs';

const KEY = 'natter.read.u-ada.lobby';
const markOf = (storage, user = ada, where = room) => new ReadMark({ storage, user: user.id, room: where });

test('how far somebody read is known after a reload, of that person and room only', () => {
  const storage = makeStorage();
  assert.equal(markOf(storage).seq, null);
  markOf(storage).move(7);
  assert.equal(markOf(storage).seq, 7);
  assert.deepEqual([markOf(storage, grace).seq, markOf(storage, ada, 'elsewhere').seq], [null, null]);
});

test('of two tabs the one that read less takes nothing back', () => {
  const storage = makeStorage();
  const [one, two] = [markOf(storage), markOf(storage)];
  one.move(9);
  two.move(5);
  assert.equal(one.seq, 9);
  two.move(12);
  assert.equal(one.seq, 12);
});

test('what another tab has read is told, and nothing else', () => {
  const storage = makeStorage();
  const window = makeWindow();
  const told = [];
  markOf(storage).whenMoved(window, (seq) => told.push(seq));
  markOf(storage).move(4);
  window.hear('storage', { key: 'natter.read.u-grace.lobby' });
  window.hear('storage', { key: KEY });
  storage.removeItem(KEY);
  window.hear('storage', { key: KEY });
  assert.deepEqual(told, [4]);
});

test('junk and a full storage are no mark and no fault', () => {
  const storage = makeStorage();
  for (const junk of ['{', '"7"', 'null', '1.5', '[]']) {
    storage.kept.set(KEY, junk);
    assert.equal(markOf(storage).seq, null);
  }
  storage.isFull = true;
  markOf(storage).move(3);
  assert.equal(markOf(storage).seq, null);
});
