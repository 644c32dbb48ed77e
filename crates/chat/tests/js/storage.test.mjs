import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keysFrom, openStorage, readJson, writeJson } from '../../../../static/js/storage.js';
import { makeStorage } from './helpers.mjs';

test('a storage that may not be touched keeps nothing and says so', () => {
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

test('a storage that works is the browser’s own', () => {
  const localStorage = makeStorage();
  const storage = openStorage('localStorage', { localStorage });
  assert.equal(writeJson(storage, 'a.b', { x: 1 }), true);
  writeJson(storage, 'b', 2);
  assert.deepEqual(readJson(storage, 'a.b'), { x: 1 });
  assert.deepEqual(keysFrom(storage, 'a.'), ['a.b']);
  writeJson(storage, 'a.b', null);
  assert.equal(localStorage.kept.has('a.b'), false);
});

test('what is no JSON reads as nothing', () => {
  const storage = makeStorage(new Map([['a', '{']]));
  assert.equal(readJson(storage, 'a'), null);
});
