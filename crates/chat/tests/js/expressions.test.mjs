import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../../../../static/js/', import.meta.url);

test('no expression seeks a run before an end from each of its characters anew', () => {
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'));
  assert.ok(files.length > 50, `${files.length} files`);
  for (const name of files) {
    const source = readFileSync(new URL(name, folder), 'utf8');
    // `x+$` and `(x)*$`: browsers search them in the square of a long run that does not end the text.
    const found = source.match(/\/(?!\^)[^/\n]*[^\\][+*]\)?\$\/[a-z]*/);
    assert.equal(found, null, `${name}: ${found}`);
  }
});
