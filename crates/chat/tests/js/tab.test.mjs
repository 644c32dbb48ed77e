import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Tab } from '../../../../static/js/connection/tab.js';
import { ada, grace } from './helpers.mjs';

function makeTab() {
  const kept = new Map();
  return new Tab({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  });
}

const pageOf = (me, token) => ({ me, token });

test('a new tab is whose page it got', () => {
  const tab = makeTab();
  assert.equal(tab.claim(pageOf(ada, 'a1'), ''), null);
  assert.equal(tab.claim(pageOf(ada, 'a2'), ''), null);
});

test('a page for somebody else is asked for again with the own token', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a.1'), '?jwt=a.1');
  assert.equal(tab.claim(pageOf(grace, 'g1'), ''), '/?jwt=a.1');
});

test('a page that was asked for by its token makes the tab that person’s', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a1'), '?jwt=a1');
  assert.equal(tab.claim(pageOf(grace, 'g1'), '?jwt=g1'), null);
  assert.equal(tab.claim(pageOf(ada, 'a1'), ''), '/?jwt=g1');
});

test('a token that was refused is not tried for ever', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a1'), '?jwt=a1');
  tab.claim(pageOf(grace, 'g1'), '');
  assert.equal(tab.claim(pageOf(grace, 'g1'), ''), null);
  assert.equal(tab.claim(pageOf(ada, 'a2'), ''), '/?jwt=g1');
});

test('a renewed token is the one that is shown', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a1'), '');
  tab.keep(ada.id, 'a2');
  assert.equal(tab.claim(pageOf(grace, 'g1'), ''), '/?jwt=a2');
});

test('after a log-out the tab is nobody’s', () => {
  const tab = makeTab();
  tab.claim(pageOf(ada, 'a1'), '');
  tab.forget();
  assert.equal(tab.claim(pageOf(grace, 'g1'), ''), null);
});
