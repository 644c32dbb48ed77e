import assert from 'node:assert/strict';
import { test } from 'node:test';

import { countChars, fault, MAX_CHARS, normalise } from '../../../../static/js/writing/text-rules.js';

test('blank lines before and white space after are dropped, as the server does', () => {
  assert.equal(normalise(' \n\t\n  indented\n\nlast \n\n'), '  indented\n\nlast');
  assert.equal(normalise('one\r\ntwo\rthree'), 'one\ntwo\nthree');
  assert.equal(normalise(' \n\t '), '');
});

test('characters are counted as Unicode scalar values', () => {
  assert.equal(countChars('🙂é'), 2);
  assert.equal(fault('🙂'.repeat(MAX_CHARS)), null);
  assert.equal(fault('é'.repeat(MAX_CHARS + 1)), 'too_long');
});

test('emptiness and control characters are found', () => {
  assert.equal(fault(''), 'empty');
  assert.equal(fault('a\u0000b'), 'control');
  assert.equal(fault('c1\u0085x'), 'control');
  assert.equal(fault('tab\tand\nline'), null);
});

test('half a character cannot be sent and is replaced', () => {
  assert.equal(normalise('a\uD83Db'), 'a\uFFFDb');
  assert.equal(normalise('🙂'), '🙂');
});
