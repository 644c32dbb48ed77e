import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keysFrom, openStorage, openTabStorage, readJson, writeJson } from '../../../../static/js/storage.js';
import { makeStorage } from './helpers.mjs';

test('a forbidden storage is empty, and writing returns false', () => {
  const forbidding = {
    get localStorage() {
      throw new DOMException('no', 'SecurityError');
    },
  };
  for (const scope of [forbidding, { localStorage: null }]) {
    const storage = openStorage('localStorage', scope);
    assert.equal(writeJson(storage, 'a', 1), false);
    assert.equal(readJson(storage, 'a'), null);
    assert.deepEqual(keysFrom(storage, ''), []);
  }
});

test('a working storage is the browser’s own', () => {
  const localStorage = makeStorage();
  const storage = openStorage('localStorage', { localStorage });
  assert.equal(writeJson(storage, 'a.b', { x: 1 }), true);
  writeJson(storage, 'b', 2);
  assert.deepEqual(readJson(storage, 'a.b'), { x: 1 });
  assert.deepEqual(keysFrom(storage, 'a.'), ['a.b']);
  writeJson(storage, 'a.b', null);
  assert.equal(localStorage.kept.has('a.b'), false);
});

test('a value that is not JSON is read as null', () => {
  const storage = makeStorage(new Map([['a', '{']]));
  assert.equal(readJson(storage, 'a'), null);
});

test('where storages are forbidden a tab uses its history entry', () => {
  const history = {
    state: null,
    replaceState(state) {
      this.state = structuredClone(state);
    },
  };
  const scope = {
    history,
    get sessionStorage() {
      throw new DOMException('denied', 'SecurityError');
    },
  };
  history.replaceState({ scrolled: 5 });
  assert.equal(writeJson(openTabStorage(scope), 'tab', { user: 'u-ada' }), true);
  assert.deepEqual(readJson(openTabStorage(scope), 'tab'), { user: 'u-ada' });
  writeJson(openTabStorage(scope), 'tab', null);
  assert.equal(readJson(openTabStorage(scope), 'tab'), null);
  assert.equal(history.state.scrolled, 5);
  const sessionStorage = makeStorage();
  assert.equal(openTabStorage({ sessionStorage, history }), sessionStorage);
});
