import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initials, tint, TINTS } from '../../../../static/js/faces.js';

test('initials are those of the first and the last word', () => {
  assert.equal(initials('Ada King Lovelace'), 'AL');
  assert.equal(initials('ada'), 'A');
  assert.equal(initials('grace.h'), 'GH');
  assert.equal(initials('李 小龍'), '李小');
  assert.equal(initials('🙂'), '🙂');
});

test('a name always has the same colour, of those that there are', () => {
  for (const name of ['ada', 'grace', 'Анна', '']) {
    assert.equal(tint(name), tint(name));
    assert.ok(Number.isInteger(tint(name)) && tint(name) >= 0 && tint(name) < TINTS);
  }
});
