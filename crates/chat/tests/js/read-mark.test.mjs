import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ReadMark } from '../../../../static/js/log/unread.js';
import { ada, grace, makeStorage, makeWindow, room } from './helpers.mjs';

const KEY = 'natter.read.u-ada.lobby';
const markOf = (storage, user = ada, where = room) => new ReadMark({ storage, user: user.id, room: where });

test('the mark survives a reload, for its user and room only', () => {
  const storage = makeStorage();
  assert.equal(markOf(storage).seq, null);
  markOf(storage).move(7);
  assert.equal(markOf(storage).seq, 7);
  assert.deepEqual([markOf(storage, grace).seq, markOf(storage, ada, 'elsewhere').seq], [null, null]);
});

test('a tab in which less was read does not move the mark back', () => {
  const storage = makeStorage();
  const [one, two] = [markOf(storage), markOf(storage)];
  one.move(9);
  two.move(5);
  assert.equal(one.seq, 9);
  two.move(12);
  assert.equal(one.seq, 12);
});

test('a change by another tab is reported, and nothing else', () => {
  const storage = makeStorage();
  const window = makeWindow();
  const reported = [];
  markOf(storage).whenMoved(window, (seq) => reported.push(seq));
  markOf(storage).move(4);
  window.dispatch('storage', { key: 'natter.read.u-grace.lobby' });
  window.dispatch('storage', { key: KEY });
  storage.removeItem(KEY);
  window.dispatch('storage', { key: KEY });
  assert.deepEqual(reported, [4]);
});

test('an invalid value and a full storage are handled', () => {
  const storage = makeStorage();
  for (const junk of ['{', '"7"', 'null', '1.5', '[]']) {
    storage.kept.set(KEY, junk);
    assert.equal(markOf(storage).seq, null);
  }
  storage.isFull = true;
  markOf(storage).move(3);
  assert.equal(markOf(storage).seq, null);
});
