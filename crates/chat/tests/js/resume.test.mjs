import assert from 'node:assert/strict';
import { test } from 'node:test';

import { resumePath, TabIdentity } from '../../../../static/js/connection/tab-identity.js';
import { ada, makeStorage } from './helpers.mjs';

/**
 * A tab whose page has no valid token. With `own` it is Ada's. The server answers a token as `fresh` has it: with another
 * token, a refusal for unknown ones, and no answer for an error.
 */
function makeTab({ own = null, search = '', isSignedIn = false, canRenew = false, fresh = {} }) {
  const tab = new TabIdentity(makeStorage());
  if (own !== null) tab.keep(ada.id, own);
  const requested = [];
  const resume = (query = search) =>
    resumePath({
      tab,
      search: query,
      isSignedIn,
      canRenew,
      renew: async (token) => {
        requested.push(token);
        if (fresh[token] instanceof Error) throw fresh[token];
        return fresh[token] === undefined ? null : { token: fresh[token], expires_in: 100 };
      },
    });
  return { tab, requested, resume };
}

test('a tab without a cookie resumes with its own token', async () => {
  const { tab, resume } = makeTab({ own: 'a1', fresh: { a1: 'a2' } });
  assert.equal(await resume(), '/?jwt=a2');
  assert.equal(tab.own.token, 'a2');
});

test('a tab resumes as its own user even if a link and a cookie are others’', async () => {
  const { resume } = makeTab({ own: 'a1', search: '?jwt=old', isSignedIn: true, canRenew: true, fresh: { a1: 'a2' } });
  assert.equal(await resume(), '/?jwt=a2');
});

test('the tab’s own expired token is renewed', async () => {
  const { resume } = makeTab({ own: 'a1', search: '?jwt=a1', fresh: { a1: 'a2' } });
  assert.equal(await resume(), '/?jwt=a2');
});

test('a tab whose session is over has no user, and does not become another’s', async () => {
  const { tab, resume } = makeTab({ own: 'a1', isSignedIn: true, canRenew: true });
  assert.equal(await resume(), null);
  assert.equal(tab.own, null);
});

test('an expired link with a valid cookie leads to the cookie’s user', async () => {
  const { requested, resume } = makeTab({ search: '?jwt=old', isSignedIn: true, canRenew: true });
  assert.equal(await resume(), '/');
  assert.deepEqual(requested, []);
});

test('a new tab with an expired cookie resumes with the renewal credential', async () => {
  const { resume } = makeTab({ canRenew: true, fresh: { null: 'a2' } });
  assert.equal(await resume(), '/?jwt=a2');
  const { resume: withoutSession } = makeTab({ canRenew: true });
  assert.equal(await withoutSession(), null);
});

test('without a token, a cookie and a credential nothing is requested', async () => {
  const { requested, resume } = makeTab({ search: '?jwt=old' });
  assert.equal(await resume(), null);
  assert.deepEqual(requested, []);
});

test('a renewed token that the server rejects is not renewed again', async () => {
  const { requested, resume } = makeTab({ own: 'a1', fresh: { a1: 'a2', a2: 'a3' } });
  assert.equal(await resume(), '/?jwt=a2');
  assert.equal(await resume('?jwt=a2'), null);
  assert.deepEqual(requested, ['a1']);
});

test('without an answer the tab keeps its user', async () => {
  const { tab, resume } = makeTab({ own: 'a1', fresh: { a1: new TypeError('no network') } });
  await assert.rejects(resume());
  assert.equal(tab.own.token, 'a1');
});
