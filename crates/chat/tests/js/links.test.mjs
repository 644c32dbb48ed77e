import assert from 'node:assert/strict';
import { test } from 'node:test';

import { splitLinks } from '../../../../static/js/log/links.js';

const links = (text) => splitLinks(text).filter(({ href }) => href !== undefined).map((part) => part.text);

test('only http and https addresses are links', () => {
  assert.deepEqual(links('see https://a.example/x and HTTP://B.example'), ['https://a.example/x', 'HTTP://B.example']);
  assert.deepEqual(links('javascript:alert(1) data:text/html,x ftp://a.example file:///etc //a.example'), []);
  assert.deepEqual(links('https:// http://'), []);
});

test('the sentence around an address is not part of it', () => {
  assert.deepEqual(links('(https://a.example/b).'), ['https://a.example/b']);
  assert.deepEqual(links('https://a.example/wiki/C_(language), really'), ['https://a.example/wiki/C_(language)']);
  assert.deepEqual(links('<https://a.example> "https://b.example"!'), ['https://a.example', 'https://b.example']);
});

test('the parts together are the text', () => {
  for (const text of ['', 'plain', 'https://a.example', 'x https://a.example.\ny https://b.example)', 'http://[ x']) {
    assert.equal(splitLinks(text).map((part) => part.text).join(''), text);
  }
});

test('a direction mark cannot turn an address round', () => {
  assert.deepEqual(links('https://a.example/\u202Egnp.exe'), ['https://a.example/']);
});
