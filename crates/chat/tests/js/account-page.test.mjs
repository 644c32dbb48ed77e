import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  handover,
  readHandover,
  resolveAccountPage,
  TabIdentity,
  withAddressOnClick,
} from '../../../../static/js/connection/tab-identity.js';
import { ada, grace, makeStorage } from './helpers.mjs';

const CHAT = 'http://localhost:3001';
const USERS = 'http://localhost:3000';

/** A page that a tab loads. The server has `pages` by tokens, and renews tokens by `fresh`. */
function makeTab({ own = null, handedOver = null, page = null, pages = {}, fresh = {} }) {
  const tab = new TabIdentity(makeStorage());
  if (own !== null) tab.keep(...own);
  const requested = [];
  const resolve = () =>
    resolveAccountPage({
      tab,
      handedOver,
      page,
      fetchPage: async (token) => {
        requested.push(token);
        if (pages[token] === 503) return { status: 503, page: null };
        return pages[token] === undefined ? { status: 401, page: null } : { status: 200, page: pages[token] };
      },
      renew: async (token) => (fresh[token] === undefined ? null : { token: fresh[token], expires_in: 100 }),
    });
  return { tab, requested, resolve };
}

const adas = { user: ada.id, token: 'a2' };
const graces = { user: grace.id, token: 'g1' };

test('a page of the tab’s own user, or of a new tab, stays, and its token is kept', async () => {
  for (const own of [null, [ada.id, 'a1']]) {
    const { tab, requested, resolve } = makeTab({ own, page: adas });
    assert.deepEqual(await resolve(), { action: 'stay' });
    assert.deepEqual([tab.own.user, tab.own.token, requested], [ada.id, 'a2', []]);
  }
});

test('another user’s page, or one of no user, is replaced by the tab’s own', async () => {
  for (const page of [graces, null]) {
    const { tab, resolve } = makeTab({ own: [ada.id, 'a1'], page, pages: { a1: adas } });
    assert.deepEqual(await resolve(), { action: 'show', answer: { status: 200, page: adas } });
    assert.equal(tab.own.token, 'a2');
  }
});

test('a user who is handed over becomes the tab’s user', async () => {
  const handedOver = { user: ada.id, token: 'a1' };
  const { tab, resolve } = makeTab({ own: [grace.id, 'g1'], handedOver, page: graces, pages: { a1: adas } });
  assert.equal((await resolve()).action, 'show');
  assert.equal(tab.own.user, ada.id);
});

test('an expired token is renewed first', async () => {
  const { requested, resolve } = makeTab({ own: [ada.id, 'a0'], page: graces, fresh: { a0: 'a1' }, pages: { a1: adas } });
  assert.equal((await resolve()).action, 'show');
  assert.deepEqual(requested, ['a0', 'a1']);
});

test('if the session is over the tab has no user', async () => {
  const { tab, resolve } = makeTab({ own: [ada.id, 'a1'] });
  assert.deepEqual(await resolve(), { action: 'log-in' });
  assert.equal(tab.own, null);
  const bare = makeTab({});
  assert.deepEqual(await bare.resolve(), { action: 'log-in' });
  assert.deepEqual(bare.requested, []);
});

test('without an answer the tab keeps its user', async () => {
  const { tab, resolve } = makeTab({ own: [ada.id, 'a1'], page: graces, pages: { a1: 503 } });
  await assert.rejects(resolve());
  assert.equal(tab.own.token, 'a1');
});

test('a handover is accepted from the chat and the account page only', () => {
  const hash = handover({ user: ada.id, token: 'a.b-c_d' });
  const from = (referrer, given = hash) => readHandover({ hash: given, referrer, trusted: [CHAT, USERS] });
  for (const referrer of [`${CHAT}/`, `${USERS}/account`]) {
    assert.deepEqual(from(referrer), { user: ada.id, token: 'a.b-c_d' });
  }
  for (const referrer of ['', 'https://evil.example/', 'http://localhost:3001.evil.example/', 'nonsense']) {
    assert.equal(from(referrer), null, referrer);
  }
  for (const given of ['', '#password', '#token=a', '#user=a']) assert.equal(from(`${CHAT}/`, given), null, given);
});

test('a link contains the token only while it is followed', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const handlers = {};
  const link = { href: `${USERS}/account`, addEventListener: (event, handler) => (handlers[event] = handler) };
  withAddressOnClick(link, (plain) => `${plain}#t`);
  for (const [event, button, address] of [['click', 0, '#t'], ['auxclick', 1, '#t'], ['auxclick', 2, '']]) {
    handlers[event]({ button });
    assert.equal(link.href, `${USERS}/account${address}`);
    t.mock.timers.tick(0);
    assert.equal(link.href, `${USERS}/account`);
  }
});
