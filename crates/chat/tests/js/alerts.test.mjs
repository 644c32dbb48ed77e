import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Notifications, UnreadTitle } from '../../../../static/js/alerts.js';
import * as texts from '../../../../static/js/texts.js';
import { ada, entry, grace, makeStorage, makeWindow } from './helpers.mjs';

/** A desktop whose user gives this answer. */
function makeDesktop({ answer = 'granted', storage = makeStorage(), isBroken = false } = {}) {
  const shown = [];
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
  const open = (api = Api) => new Notifications({ api, storage, user: ada.id, window });
  return { Api, shown, window, storage, open };
}

test('nothing is requested or shown before the user turns notifications on', () => {
  const { Api, shown, open } = makeDesktop();
  const notifications = open();
  notifications.notify([entry(1)]);
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
  notifications.notify([entry(1)]);
  assert.deepEqual(shown, []);
  window.turn('behind');
  notifications.notify([entry(2, { text: '<b>hi</b>' })]);
  window.turn('hidden');
  notifications.notify([entry(3), entry(4)]);
  notifications.notify([]);
  assert.deepEqual(
    shown.map(({ title, body, tag }) => [title, body, tag]),
    [
      ['Grace', '<b>hi</b>', 'natter.lobby'],
      ['2 new messages', 'Grace: text 4', 'natter.lobby'],
    ],
  );
});

test('a click focuses the window, and the notification is closed in the foreground', async () => {
  const { shown, window, open } = makeDesktop();
  const notifications = open();
  await notifications.toggle();
  notifications.notify([entry(1, { sender: grace })]);
  shown[0].onclick();
  assert.deepEqual([window.focused, shown[0].isClosed], [1, true]);
  notifications.notify([entry(2)]);
  window.turn('behind');
  assert.equal(shown[1].isClosed, false);
  window.turn('front');
  assert.equal(shown[1].isClosed, true);
});

test('a long text is cut between characters', async () => {
  const { shown, open } = makeDesktop();
  const notifications = open();
  await notifications.toggle();
  notifications.notify([entry(1, { text: '🙂'.repeat(4_000) })]);
  assert.equal(shown[0].body, `${'🙂'.repeat(199)}…`);
});

test('if the user denies the permission, the state says so, and nothing is stored', async () => {
  const { Api, shown, storage, open } = makeDesktop({ answer: 'denied' });
  const notifications = open();
  await notifications.toggle();
  notifications.notify([entry(1)]);
  assert.deepEqual([notifications.state, shown, storage.kept.size], ['denied', [], 0]);
  Api.permission = 'granted';
  assert.equal(notifications.state, 'off');
});

test('if the API is missing or does not work, the state says so', async () => {
  const { window } = makeDesktop();
  const missing = new Notifications({ api: undefined, storage: makeStorage(), user: ada.id, window });
  await missing.toggle();
  missing.notify([entry(1)]);
  assert.equal(missing.state, 'missing');
  const broken = makeDesktop({ isBroken: true });
  const notifications = broken.open();
  await notifications.toggle();
  notifications.notify([entry(1)]);
  assert.equal(notifications.state, 'missing');
});

test('over plain http the note does not mention the browser’s settings', async () => {
  for (const api of [undefined, { permission: 'denied', requestPermission: async () => assert.fail('requested') }]) {
    const window = Object.assign(makeWindow({ hidden: true }), { isSecureContext: false });
    const notifications = new Notifications({ api, storage: makeStorage(), user: ada.id, window });
    assert.equal(notifications.state, 'insecure');
    await notifications.toggle();
    notifications.notify([entry(1)]);
    assert.equal(notifications.state, 'insecure');
    assert.match(texts.notify[notifications.state], /https/);
    assert.doesNotMatch(texts.notify[notifications.state], /settings/);
  }
});

for (const where of ['hidden', 'behind']) {
  test(`the title counts messages while the window is ${where}, until it is in the foreground`, () => {
    const window = makeWindow();
    const { document } = window;
    const title = new UnreadTitle(window);
    title.add(5);
    assert.equal(document.title, 'Lobby – Natter');
    window.turn(where);
    title.add(0);
    assert.equal(document.title, 'Lobby – Natter');
    title.add(1);
    title.add(2);
    assert.equal(document.title, '(3) Lobby – Natter');
    window.turn('behind');
    assert.equal(document.title, '(3) Lobby – Natter');
    window.turn('front');
    assert.equal(document.title, 'Lobby – Natter');
    window.turn(where);
    title.add(1);
    assert.equal(document.title, '(1) Lobby – Natter');
  });
}
