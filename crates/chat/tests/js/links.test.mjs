import assert from 'node:assert/strict';
import { test } from 'node:test';

import { splitLinks } from '../../../../static/js/log/links.js';
import { workOf } from './work.mjs';

const links = (text) => splitLinks(text).filter(({ href }) => href !== undefined).map((part) => part.text);

test('only http and https addresses are links', () => {
  assert.deepEqual(links('see https://a.example/x and HTTP://B.example'), ['https://a.example/x', 'HTTP://B.example']);
  assert.deepEqual(links('javascript:alert(1) data:text/html,x ftp://a.example file:///etc //a.example'), []);
  assert.deepEqual(links('https:// http://'), []);
});

test('the punctuation around an address is not part of it', () => {
  assert.deepEqual(links('(https://a.example/b).'), ['https://a.example/b']);
  assert.deepEqual(links('https://a.example/wiki/C_(language), really'), ['https://a.example/wiki/C_(language)']);
  assert.deepEqual(links('<https://a.example> "https://b.example"!'), ['https://a.example', 'https://b.example']);
});

test('in scripts without spaces an address ends where its own letters and signs end', () => {
  const cases = [
    ['见http://example.com。你好', 'http://example.com'],
    ['详见https://example.com/a，谢谢', 'https://example.com/a'],
    ['「https://example.com/docs」を参照', 'https://example.com/docs'],
    ['https://example.com/pull/12（作成済み）', 'https://example.com/pull/12'],
    ['访问 https://example.com？好！', 'https://example.com'],
    ['“https://example.com/a”的', 'https://example.com/a'],
    ['看https://example.com/a……谢谢', 'https://example.com/a'],
    ['https://example.com/a——谢谢', 'https://example.com/a'],
    ['https://example.com．evil.example', 'https://example.com'],
    ['http://example.com你好', 'http://example.com'],
    ['http://localhost:3000に', 'http://localhost:3000'],
    ['https://example.com에서 봅니다', 'https://example.com'],
    ['ﾘﾝｸ｢https://example.com/a｣', 'https://example.com/a'],
  ];
  for (const [text, address] of cases) {
    assert.deepEqual(splitLinks(text).filter(({ href }) => href).map((part) => [part.text, part.href]), [
      [address, new URL(address).href],
    ], text);
  }
});

test('letters of every script, and signs in words and names, are parts of an address', () => {
  const whole = [
    'https://ja.wikipedia.org/wiki/日本',
    'https://ja.wikipedia.org/wiki/佐々木・小次郎',
    'https://中国.cn/a',
    'https://bücher.example/ß',
    'https://пример.испытание/страница',
    "https://en.wikipedia.org/wiki/Devil's_advocate",
    'https://en.wikipedia.org/wiki/Devil’s_advocate',
    'https://fr.wikipedia.org/wiki/Guerre_de_1914–1918',
    'https://a.example/?q=a%20b&c=[d]#e',
    'http://[::1]:3000/a',
  ];
  for (const address of whole) assert.deepEqual(links(`see ${address} there`), [address]);
  assert.deepEqual(links("'https://a.example/b' ‘https://a.example/c’"), ['https://a.example/b', 'https://a.example/c']);
});

test('an address that begins with www is an http link', () => {
  const found = splitLinks('See www.example.com/a, (WWW.example.org) or 见www.example.net。');
  assert.deepEqual(found.filter(({ href }) => href).map((part) => [part.text, part.href]), [
    ['www.example.com/a', 'http://www.example.com/a'],
    ['WWW.example.org', 'http://www.example.org/'],
    ['www.example.net', 'http://www.example.net/'],
  ]);
  const none = ['www.', 'www.example', 'www...', 'www.a/b.c', 'a@www.b.example', 'x.www.b.example', 'ftp://www.b.example'];
  for (const text of none) assert.deepEqual(links(text), [], text);
});

test('the work is proportional to the length of the text', () => {
  const ends = [')', ']', '}', '.', "'", '’', '(', '()', ').', ').]', '*_', '・', '/', 'a', '你', '@', ':', 'www.'];
  const units = ['http://', 'http://a ', 'http://a)', 'www.a.b)', 'http://你', 'https://a.b。', '[', ' ', '[http://a]('];
  const makers = [
    ...ends.map((end) => (n) => `http://a${end.repeat(n / end.length)}`),
    ...ends.map((end) => (n) => `www.a.b/${end.repeat(n / end.length)}`),
    ...units.map((unit) => (n) => unit.repeat(n / unit.length)),
  ];
  for (const make of makers) {
    const work = workOf(() => splitLinks(make(4_000)));
    assert.ok(work < 40 * 4_000, `${make(16)}: ${work}`);
    assert.ok(workOf(() => splitLinks(make(8_000))) < 2.2 * Math.max(work, 4_000), make(16));
  }
});

test('the joined parts are the text', () => {
  for (const text of ['', 'plain', 'https://a.example', 'x https://a.example.\ny https://b.example)', 'http://[ x']) {
    assert.equal(splitLinks(text).map((part) => part.text).join(''), text);
  }
});

test('a direction mark is not part of an address', () => {
  assert.deepEqual(links('https://a.example/\u202Egnp.exe'), ['https://a.example/']);
});
