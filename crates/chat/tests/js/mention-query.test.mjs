import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isComplete, matching, MAX_OFFERED, queryAt } from '../../../../static/js/compose/mention-query.js';
import { ada, grace } from './helpers.mjs';
import { workOf } from './work.mjs';

/** The query where the cursor `|` is in a text. */
const query = (text) => queryAt(text.replace('|', ''), text.indexOf('|'));

const person = (username, name = username) => ({ id: `u-${username}`, username, display_name: name });
const names = (list) => list.map(({ username }) => username);

test('a name is being typed after an @ that no letter and no address precedes', () => {
  assert.deepEqual(query('@|'), { from: 0, find: '' });
  assert.deepEqual(query('Hi @gra|'), { from: 3, find: 'gra' });
  assert.deepEqual(query('(@mira.k|)'), { from: 1, find: 'mira.k' });
  assert.deepEqual(query('@ürsü|, hello'), { from: 0, find: 'ürsü' });
  for (const text of ['ada@example|', 'https://x.example/@a|', '@gr|ace', '@grace |', '@grace, |', '|@grace', '@@a|', 'no|', '|']) {
    assert.equal(query(text), null, text);
  }
  assert.equal(query(`@${'a'.repeat(64)}|`), null, 'longer than any name');
});

test('people are found by the beginning of their user name or of a word of their name', () => {
  const people = [person('grace', 'Rear Admiral Hopper'), person('hal'), person('Straße', 'Ö')];
  assert.deepEqual(names(matching(people, 'HO', ada)), ['grace']);
  assert.deepEqual(names(matching(people, 'h', ada)), ['grace', 'hal']);
  assert.deepEqual(names(matching(people, 'strass', ada)), ['Straße']);
  assert.deepEqual(names(matching(people, 'opper', ada)), []);
});

test('everybody is offered once, in order, and not oneself', () => {
  const many = Array.from({ length: 20 }, (_, i) => person(`p${i}`));
  assert.deepEqual(names(matching([grace, ada, { ...grace }, ...many], '', ada)), ['grace', 'p0', 'p1', 'p2', 'p3']);
  assert.equal(matching(many, '', ada).length, MAX_OFFERED);
});

test('a whole name that is the only one needs no list', () => {
  assert.equal(isComplete([grace], 'Grace'), true);
  assert.equal(isComplete([grace], 'grac'), false);
  assert.equal(isComplete([person('gra'), grace], 'gra'), false);
});

test('a key in a long text costs no more than in a short one', () => {
  const workAt = (n) => workOf(() => queryAt('@a '.repeat(n) + '@ada', 3 * n + 4));
  assert.ok(workAt(100_000) < 2 * workAt(1_000));
});
