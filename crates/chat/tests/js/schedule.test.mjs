import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Cancellable } from '../../../../static/js/schedule.js';
import { promised } from './helpers.mjs';

/** A cancellable action that has been started; `runs` counts how often it ran. */
function start() {
  const cancellable = new Cancellable();
  const ready = promised();
  const made = { cancellable, runs: 0, ...ready };
  made.over = cancellable.run(ready.promise, () => (made.runs += 1));
  return made;
}

test('the action runs when it is ready', async () => {
  const made = start();
  assert.equal(made.runs, 0);
  made.resolve(true);
  await made.over;
  assert.equal(made.runs, 1);
});

test('an action that fails to get ready, or was cancelled, does not run', async () => {
  const failed = start();
  failed.resolve(false);
  await failed.over;
  const late = start();
  late.cancellable.cancel();
  late.resolve(true);
  await late.over;
  assert.deepEqual([failed.runs, late.runs], [0, 0]);
});

test('a new action replaces the one before', async () => {
  const made = start();
  const second = made.cancellable.run(made.promise, () => (made.runs += 10));
  made.resolve(true);
  await Promise.all([made.over, second]);
  assert.equal(made.runs, 10);
});
