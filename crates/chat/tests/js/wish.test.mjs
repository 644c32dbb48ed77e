import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Wish } from '../../../../static/js/log/wish.js';
import { promised } from './helpers.mjs';

/** A wish made; `granted` says so once it is. */
function makeWish() {
  const wish = new Wish();
  const ready = promised();
  const made = { wish, granted: 0, ...ready };
  made.over = wish.make(ready.promise, () => (made.granted += 1));
  return made;
}

test('a wish is granted once it can be', async () => {
  const made = makeWish();
  assert.equal(made.granted, 0);
  made.resolve(true);
  await made.over;
  assert.equal(made.granted, 1);
});

test('one that cannot be granted, or was given up, is not', async () => {
  const failed = makeWish();
  failed.resolve(false);
  await failed.over;
  const late = makeWish();
  late.wish.giveUp();
  late.resolve(true);
  await late.over;
  assert.deepEqual([failed.granted, late.granted], [0, 0]);
});

test('the last wish counts', async () => {
  const made = makeWish();
  const second = made.wish.make(made.promise, () => (made.granted += 10));
  made.resolve(true);
  await Promise.all([made.over, second]);
  assert.equal(made.granted, 10);
});
