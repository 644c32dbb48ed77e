import assert from 'node:assert/strict';
import { test } from 'node:test';

import { firstGrapheme, initials, tint, TINTS } from '../../../../static/js/people/identity-view.js';

test('initials are those of the first and the last word', () => {
  assert.equal(initials('Ada King Lovelace'), 'AL');
  assert.equal(initials('ada'), 'A');
  assert.equal(initials('grace.h'), 'GH');
  assert.equal(initials('李 小龍'), '李小');
  assert.equal(initials('🙂'), '🙂');
  assert.equal(initials(''), '');
});

test('a user-perceived character is not split', () => {
  const whole = ['🇩🇪', '👩‍👩‍👧‍👦', '👋🏽', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}', '❤\ufe0f', '❤\ufe0f‍🔥', '1\ufe0f\u20e3', 'É', 'E\u0301', '!'];
  for (const sign of whole) {
    for (const name of [sign, `${sign}${sign}`]) {
      assert.equal(firstGrapheme(name), sign, name);
      assert.equal(firstGrapheme(name, null), sign, `${name} without a segmenter`);
    }
    assert.equal(initials(sign), sign);
  }
  assert.equal(initials('🇩🇪🇫🇷'), '🇩🇪');
  assert.equal(initials('e\u0301mile zola'), 'E\u0301Z');
  assert.equal(initials('🇩🇪 Ann'), 'A');
  assert.equal(firstGrapheme('', null), '');
});

test('stacked marks are cut', () => {
  assert.equal(initials(`z${'\u0300\u0316'.repeat(20)}algo`), 'Z\u0300\u0316\u0300\u0316');
  assert.equal(initials('\u0300'.repeat(30)), '\u0300'.repeat(4));
});

test('a user name always has the same colour', () => {
  for (const name of ['ada', 'grace', 'Анна', '']) {
    assert.equal(tint(name), tint(name));
    assert.ok(Number.isInteger(tint(name)) && tint(name) >= 0 && tint(name) < TINTS);
  }
});
