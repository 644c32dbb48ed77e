import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TabIdentity } from '../../../../static/js/connection/tab-identity.js';
import { ada, grace, makeStorage } from './helpers.mjs';

const makeTab = () => new TabIdentity(makeStorage());

const pageOf = (me, token) => ({ me, token });

test('a new tab belongs to the user of its first page', () => {
  const tab = makeTab();
  assert.equal(tab.claim(pageOf(ada, 'a1'), ''), null);
  assert.equal(tab.claim(pageOf(ada, 'a2'), ''), null);
});

test('another user’s page is requested again with the tab’s own token', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a.1'), '?jwt=a.1');
  assert.equal(tab.claim(pageOf(grace, 'g1'), ''), '/?jwt=a.1');
});

test('a page that was requested with a token makes the tab that user’s', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a1'), '?jwt=a1');
  assert.equal(tab.claim(pageOf(grace, 'g1'), '?jwt=g1'), null);
  assert.equal(tab.claim(pageOf(ada, 'a1'), ''), '/?jwt=g1');
});

test('a token that was rejected is not tried again', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a1'), '?jwt=a1');
  tab.claim(pageOf(grace, 'g1'), '');
  assert.equal(tab.claim(pageOf(grace, 'g1'), ''), null);
  assert.equal(tab.claim(pageOf(ada, 'a2'), ''), '/?jwt=g1');
});

test('a renewed token replaces the one before', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a1'), '');
  tab.keep(ada.id, 'a2');
  assert.equal(tab.claim(pageOf(grace, 'g1'), ''), '/?jwt=a2');
});

test('after a log-out the tab has no user', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a1'), '');
  tab.forget();
  assert.equal(tab.claim(pageOf(grace, 'g1'), ''), null);
});

test('an identity that a former release stored is read', () => {
  const storage = makeStorage(new Map([['natter.tab', '{"user":"u-ada","token":"a.1"}']]));
  const tab = new TabIdentity(storage);
  assert.deepEqual(tab.own, { user: ada.id, token: 'a.1' });
  assert.equal(tab.claim(pageOf(grace, 'g1'), ''), '/?jwt=a.1');
});
