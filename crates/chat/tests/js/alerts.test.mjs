import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Notifications } from '../../../../static/js/alerts.js';
import * as texts from '../../../../static/js/texts.js';
import { ada, entry, grace, makeStorage, makeWindow } from './helpers.mjs';
import { direct, lobby } from './make-list.mjs';
import { publicRoom } from './make-rooms.mjs';

const room = lobby();

/** A desktop whose user gives this answer. */
function makeDesktop({ answer = 'granted', storage = makeStorage(), isBroken = false } = {}) {
  const shown = [];
  const opened = [];
  class Api {
    static permission = 'default';
    static requested = 0;
    static async requestPermission() {
      Api.requested += 1;
      if (Api.permission === 'default') Api.permission = answer;
      return Api.permission;
    }
    constructor(title, options) {
      if (isBroken) throw new TypeError('Illegal constructor');
      shown.push(Object.assign(this, { title, ...options, isClosed: false }));
    }
    close() {
      this.isClosed = true;
    }
  }
  const window = makeWindow({ hidden: true });
  const open = (api = Api) => new Notifications({ api, storage, user: ada.id, window, open: (room) => opened.push(room) });
  return { Api, shown, opened, window, storage, open };
}

test('nothing is requested or shown before the user turns notifications on', () => {
  const { Api, shown, open } = makeDesktop();
  const notifications = open();
  notifications.notify([entry(1)], room);
  assert.deepEqual([Api.requested, shown, notifications.state], [0, [], 'off']);
});

test('the setting is stored per user, and can be turned off', async () => {
  const { open, storage } = makeDesktop();
  await open().toggle();
  const again = open();
  assert.equal(again.state, 'on');
  assert.deepEqual([...storage.kept.keys()], ['natter.notify.u-ada']);
  await again.toggle();
  assert.equal(open().state, 'off');
});

test('they are shown in the background only, as plain strings, each replacing the one before', async () => {
  const { shown, window, open } = makeDesktop();
  const notifications = open();
  await notifications.toggle();
  window.turn('front');
  notifications.notify([entry(1)], room);
  assert.deepEqual(shown, []);
  window.turn('behind');
  notifications.notify([entry(2, { text: '<b>hi</b>' })], room);
  window.turn('hidden');
  notifications.notify([entry(3), entry(4)], room);
  notifications.notify([], room);
  assert.deepEqual(
    shown.map(({ title, body, tag }) => [title, body, tag]),
    [
      ['Grace', '<b>hi</b>', 'natter.lobby'],
      ['2 new messages', 'Grace: text 4', 'natter.lobby'],
    ],
  );
});

test('a click focuses the window and opens the room, and the notification is closed in the foreground', async () => {
  const { shown, opened, window, open } = makeDesktop();
  const notifications = open();
  await notifications.toggle();
  notifications.notify([entry(1, { sender: grace })], room);
  shown[0].onclick();
  assert.deepEqual([window.focused, opened, shown[0].isClosed], [1, ['lobby'], true]);
  notifications.notify([entry(2)], room);
  window.turn('behind');
  assert.equal(shown[1].isClosed, false);
  window.turn('front');
  assert.equal(shown[1].isClosed, true);
});

test('a notification names its room, and replaces the one of its room only', async () => {
  const { shown, open } = makeDesktop();
  const notifications = open();
  await notifications.toggle();
  notifications.notify([entry(1)], publicRoom('r1', 'Compilers'));
  notifications.notify([entry(1), entry(2)], publicRoom('r1', 'Compilers'));
  notifications.notify([entry(1)], direct());
  assert.deepEqual(
    shown.map(({ title, tag }) => [title, tag]),
    [
      ['Grace in Compilers', 'natter.r1'],
      ['2 new messages in Compilers', 'natter.r1'],
      ['Grace', 'natter.direct'],
    ],
  );
  notifications.closeUnless((room) => room === 'direct');
  assert.deepEqual(shown.slice(1).map(({ isClosed }) => isClosed), [true, false]);
});

test('a long text is cut between characters', async () => {
  const { shown, open } = makeDesktop();
  const notifications = open();
  await notifications.toggle();
  notifications.notify([entry(1, { text: '🙂'.repeat(4_000) })], room);
  assert.equal(shown[0].body, `${'🙂'.repeat(199)}…`);
});

test('if the user denies the permission, the state says so, and nothing is stored', async () => {
  const { Api, shown, storage, open } = makeDesktop({ answer: 'denied' });
  const notifications = open();
  await notifications.toggle();
  notifications.notify([entry(1)], room);
  assert.deepEqual([notifications.state, shown, storage.kept.size], ['denied', [], 0]);
  Api.permission = 'granted';
  assert.equal(notifications.state, 'off');
});

test('if the API is missing or does not work, the state says so', async () => {
  const { window } = makeDesktop();
  const missing = new Notifications({ api: undefined, storage: makeStorage(), user: ada.id, window });
  await missing.toggle();
  missing.notify([entry(1)], room);
  assert.equal(missing.state, 'missing');
  const broken = makeDesktop({ isBroken: true });
  const notifications = broken.open();
  await notifications.toggle();
  notifications.notify([entry(1)], room);
  assert.equal(notifications.state, 'missing');
});

test('over plain http the note does not mention the browser’s settings', async () => {
  for (const api of [undefined, { permission: 'denied', requestPermission: async () => assert.fail('requested') }]) {
    const window = Object.assign(makeWindow({ hidden: true }), { isSecureContext: false });
    const notifications = new Notifications({ api, storage: makeStorage(), user: ada.id, window });
    assert.equal(notifications.state, 'insecure');
    await notifications.toggle();
    notifications.notify([entry(1)], room);
    assert.equal(notifications.state, 'insecure');
    assert.match(texts.notify[notifications.state], /https/);
    assert.doesNotMatch(texts.notify[notifications.state], /settings/);
  }
});
