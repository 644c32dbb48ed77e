import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../../../../static/js/', import.meta.url);

test('no regular expression takes a time that grows with the square of a run of characters', () => {
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'));
  assert.ok(files.length > 50, `${files.length} files`);
  for (const name of files) {
    const source = readFileSync(new URL(name, folder), 'utf8');
    // Browsers search `x+$` and `(x)*$` again from each character of a long run that is not at the end of the text.
    const found = source.match(/\/(?!\^)[^/\n]*[^\\][+*]\)?\$\/[a-z]*/);
    assert.equal(found, null, `${name}: ${found}`);
  }
});
