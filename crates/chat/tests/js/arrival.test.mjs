import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arrive, handedOver } from '../../../../static/js/account/arrival.js';
import { handover, leadsTo } from '../../../../static/js/connection/account-link.js';
import { Tab } from '../../../../static/js/connection/tab.js';
import { ada, grace, makeStorage } from './helpers.mjs';

const CHAT = 'http://localhost:3001';
const USERS = 'http://localhost:3000';

/** A page that comes to a tab. The server shows `pages` to the bearers of tokens, and renews tokens by `fresh`. */
function makeArrival({ own = null, handed = null, page = null, pages = {}, fresh = {} }) {
  const tab = new Tab(makeStorage());
  if (own !== null) tab.keep(...own);
  const asked = [];
  const come = () =>
    arrive({
      tab,
      handed,
      page,
      ask: async (token) => {
        asked.push(token);
        if (pages[token] === 503) return { status: 503, page: null };
        return pages[token] === undefined ? { status: 401, page: null } : { status: 200, page: pages[token] };
      },
      renew: async (token) => (fresh[token] === undefined ? null : { token: fresh[token], expires_in: 100 }),
    });
  return { tab, asked, come };
}

const adas = { user: ada.id, token: 'a2' };
const graces = { user: grace.id, token: 'g1' };

test('a page of the tab’s own person, or of a new tab, stays, and its token is kept', async () => {
  for (const own of [null, [ada.id, 'a1']]) {
    const { tab, asked, come } = makeArrival({ own, page: adas });
    assert.deepEqual(await come(), { is: 'stay' });
    assert.deepEqual([tab.own.user, tab.own.token, asked], [ada.id, 'a2', []]);
  }
});

test('instead of another person’s page, or of none, the own one is shown', async () => {
  for (const page of [graces, null]) {
    const { tab, come } = makeArrival({ own: [ada.id, 'a1'], page, pages: { a1: adas } });
    assert.deepEqual(await come(), { is: 'show', answer: { status: 200, page: adas } });
    assert.equal(tab.own.token, 'a2');
  }
});

test('whoever is handed over is the tab’s person from then on', async () => {
  const handed = { user: ada.id, token: 'a1' };
  const { tab, come } = makeArrival({ own: [grace.id, 'g1'], handed, page: graces, pages: { a1: adas } });
  assert.equal((await come()).is, 'show');
  assert.equal(tab.own.user, ada.id);
});

test('a token that has expired is renewed first', async () => {
  const { asked, come } = makeArrival({ own: [ada.id, 'a0'], page: graces, fresh: { a0: 'a1' }, pages: { a1: adas } });
  assert.equal((await come()).is, 'show');
  assert.deepEqual(asked, ['a0', 'a1']);
});

test('where the session is over the tab is nobody’s', async () => {
  const { tab, come } = makeArrival({ own: [ada.id, 'a1'] });
  assert.deepEqual(await come(), { is: 'nobody' });
  assert.equal(tab.own, null);
  const bare = makeArrival({});
  assert.deepEqual(await bare.come(), { is: 'nobody' });
  assert.deepEqual(bare.asked, []);
});

test('a server that did not say makes nobody forget', async () => {
  const { tab, come } = makeArrival({ own: [ada.id, 'a1'], page: graces, pages: { a1: 503 } });
  await assert.rejects(come());
  assert.equal(tab.own.token, 'a1');
});

test('a person is handed over by the chat or by this page, and by nobody else', () => {
  const hash = handover({ user: ada.id, token: 'a.b-c_d' });
  const from = (referrer, given = hash) => handedOver({ hash: given, referrer, trusted: [CHAT, USERS] });
  for (const referrer of [`${CHAT}/`, `${USERS}/account`]) {
    assert.deepEqual(from(referrer), { user: ada.id, token: 'a.b-c_d' });
  }
  for (const referrer of ['', 'https://evil.example/', 'http://localhost:3001.evil.example/', 'nonsense']) {
    assert.equal(from(referrer), null, referrer);
  }
  for (const given of ['', '#password', '#token=a', '#user=a']) assert.equal(from(`${CHAT}/`, given), null, given);
});

test('a link bears the token only while it is followed', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const handlers = {};
  const link = { href: `${USERS}/account`, addEventListener: (event, handler) => (handlers[event] = handler) };
  leadsTo(link, (plain) => `${plain}#t`);
  for (const [event, button, address] of [['click', 0, '#t'], ['auxclick', 1, '#t'], ['auxclick', 2, '']]) {
    handlers[event]({ button });
    assert.equal(link.href, `${USERS}/account${address}`);
    t.mock.timers.tick(0);
    assert.equal(link.href, `${USERS}/account`);
  }
});
