import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Tab } from '../../../../static/js/connection/tab.js';
import { wayBack } from '../../../../static/js/connection/way-back.js';
import { ada, makeStorage } from './helpers.mjs';

/**
 * A page without a good token, of a tab that is ada's with `own`, or nobody's. The server gives `fresh` for a token, a
 * refusal for what it does not know, and no answer for an error.
 */
function arrive({ own = null, search = '', isSignedIn = false, canRenew = false, fresh = {} }) {
  const tab = new Tab(makeStorage());
  if (own !== null) tab.keep(ada.id, own);
  const asked = [];
  const come = (query = search) =>
    wayBack({
      tab,
      search: query,
      isSignedIn,
      canRenew,
      renew: async (token) => {
        asked.push(token);
        if (fresh[token] instanceof Error) throw fresh[token];
        return fresh[token] === undefined ? null : { token: fresh[token], expires_in: 100 };
      },
    });
  return { tab, asked, come };
}

test('a tab whose browser is nobody any more goes on with its own token', async () => {
  const { tab, come } = arrive({ own: 'a1', fresh: { a1: 'a2' } });
  assert.equal(await come(), '/?jwt=a2');
  assert.equal(tab.own.token, 'a2');
});

test('a tab goes on as its own person also where a link and a cookie would lead to others', async () => {
  const { come } = arrive({ own: 'a1', search: '?jwt=old', isSignedIn: true, canRenew: true, fresh: { a1: 'a2' } });
  assert.equal(await come(), '/?jwt=a2');
});

test('an own token that expired and was shown in vain is renewed', async () => {
  const { come } = arrive({ own: 'a1', search: '?jwt=a1', fresh: { a1: 'a2' } });
  assert.equal(await come(), '/?jwt=a2');
});

test('a tab whose session is over is nobody’s, and nobody else’s by itself', async () => {
  const { tab, come } = arrive({ own: 'a1', isSignedIn: true, canRenew: true });
  assert.equal(await come(), null);
  assert.equal(tab.own, null);
});

test('an old link beside a good cookie leads to the cookie’s person', async () => {
  const { asked, come } = arrive({ search: '?jwt=old', isSignedIn: true, canRenew: true });
  assert.equal(await come(), '/');
  assert.deepEqual(asked, []);
});

test('a new tab whose cookie has expired goes on by the credential', async () => {
  const { come } = arrive({ canRenew: true, fresh: { null: 'a2' } });
  assert.equal(await come(), '/?jwt=a2');
  const { come: inVain } = arrive({ canRenew: true });
  assert.equal(await inVain(), null);
});

test('where there is nothing nothing is asked', async () => {
  const { asked, come } = arrive({ search: '?jwt=old' });
  assert.equal(await come(), null);
  assert.deepEqual(asked, []);
});

test('a server that renews a token and refuses it is not asked for ever', async () => {
  const { asked, come } = arrive({ own: 'a1', fresh: { a1: 'a2', a2: 'a3' } });
  assert.equal(await come(), '/?jwt=a2');
  assert.equal(await come('?jwt=a2'), null);
  assert.deepEqual(asked, ['a1']);
});

test('a server that did not say makes nobody forget', async () => {
  const { tab, come } = arrive({ own: 'a1', fresh: { a1: new TypeError('no network') } });
  await assert.rejects(come());
  assert.equal(tab.own.token, 'a1');
});
