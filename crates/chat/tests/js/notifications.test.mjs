import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Notifications } from '../../../../static/js/alerts/notifications.js';
import * as texts from '../../../../static/js/texts.js';
import { ada, entry, grace, makeStorage, makeWindow, room } from './helpers.mjs';

/** A desktop whose user answers so when asked. */
function makeDesktop({ answer = 'granted', storage = makeStorage(), isBroken = false } = {}) {
  const shown = [];
  class Api {
    static permission = 'default';
    static asked = 0;
    static async requestPermission() {
      Api.asked += 1;
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
  const open = (api = Api) => new Notifications({ api, storage, user: ada.id, room, window });
  return { Api, shown, window, storage, open };
}

test('nobody is asked, and nothing is shown, before somebody wishes it', () => {
  const { Api, shown, open } = makeDesktop();
  const notifications = open();
  notifications.tell([entry(1)]);
  assert.deepEqual([Api.asked, shown, notifications.state], [0, [], 'off']);
});

test('a wish is kept for its person, and can be taken back', async () => {
  const { open, storage } = makeDesktop();
  await open().toggle();
  const again = open();
  assert.equal(again.state, 'on');
  assert.deepEqual([...storage.kept.keys()], ['natter.notify.u-ada']);
  await again.toggle();
  assert.equal(open().state, 'off');
});

test('only while nobody looks at the window, as plain strings, each in place of the one before', async () => {
  const { shown, window, open } = makeDesktop();
  const notifications = open();
  await notifications.toggle();
  window.turn('front');
  notifications.tell([entry(1)]);
  assert.deepEqual(shown, []);
  window.turn('behind');
  notifications.tell([entry(2, { text: '<b>hi</b>' })]);
  window.turn('hidden');
  notifications.tell([entry(3), entry(4)]);
  notifications.tell([]);
  assert.deepEqual(
    shown.map(({ title, body, tag }) => [title, body, tag]),
    [
      ['Grace', '<b>hi</b>', 'natter.lobby'],
      ['2 new messages', 'Grace: text 4', 'natter.lobby'],
    ],
  );
});

test('a click goes to the window, and whoever looks need not be told', async () => {
  const { shown, window, open } = makeDesktop();
  const notifications = open();
  await notifications.toggle();
  notifications.tell([entry(1, { sender: grace })]);
  shown[0].onclick();
  assert.deepEqual([window.focused, shown[0].isClosed], [1, true]);
  notifications.tell([entry(2)]);
  window.turn('behind');
  assert.equal(shown[1].isClosed, false);
  window.turn('front');
  assert.equal(shown[1].isClosed, true);
});

test('a long text is cut at a character', async () => {
  const { shown, open } = makeDesktop();
  const notifications = open();
  await notifications.toggle();
  notifications.tell([entry(1, { text: '🙂'.repeat(4_000) })]);
  assert.equal(shown[0].body, `${'🙂'.repeat(199)}…`);
});

test('who says no to the browser is told that it is blocked, and nothing is kept', async () => {
  const { Api, shown, storage, open } = makeDesktop({ answer: 'denied' });
  const notifications = open();
  await notifications.toggle();
  notifications.tell([entry(1)]);
  assert.deepEqual([notifications.state, shown, storage.kept.size], ['denied', [], 0]);
  Api.permission = 'granted';
  assert.equal(notifications.state, 'off');
});

test('where there are none, or they do not work, it says so', async () => {
  const { window } = makeDesktop();
  const missing = new Notifications({ api: undefined, storage: makeStorage(), user: ada.id, room, window });
  await missing.toggle();
  missing.tell([entry(1)]);
  assert.equal(missing.state, 'missing');
  const broken = makeDesktop({ isBroken: true });
  const notifications = broken.open();
  await notifications.toggle();
  notifications.tell([entry(1)]);
  assert.equal(notifications.state, 'missing');
});

test('over plain http in a house network it is not the settings that forbid them', async () => {
  for (const api of [undefined, { permission: 'denied', requestPermission: async () => assert.fail('asked') }]) {
    const window = Object.assign(makeWindow({ hidden: true }), { isSecureContext: false });
    const notifications = new Notifications({ api, storage: makeStorage(), user: ada.id, room, window });
    assert.equal(notifications.state, 'insecure');
    await notifications.toggle();
    notifications.tell([entry(1)]);
    assert.equal(notifications.state, 'insecure');
    assert.match(texts.notify[notifications.state], /https/);
    assert.doesNotMatch(texts.notify[notifications.state], /settings/);
  }
});
