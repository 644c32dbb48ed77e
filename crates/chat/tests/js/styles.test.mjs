import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const FOLDER = new URL('../../../../static/css/', import.meta.url);

test('`user-select` is also set for WebKit, which only has the prefixed property', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.css'));
  const rules = files.flatMap((name) => readFileSync(new URL(name, FOLDER), 'utf8').match(/\{[^{}]*\}/g));
  const values = (rule, property) => [...rule.matchAll(new RegExp(`[\\s;{]${property}: *(\\w+)`, 'g'))].map(([, value]) => value);
  const unselectable = rules.filter((rule) => values(rule, 'user-select').length > 0);
  assert.ok(unselectable.length >= 2);
  for (const rule of unselectable) assert.deepEqual(values(rule, '-webkit-user-select'), values(rule, 'user-select'), rule);
});
