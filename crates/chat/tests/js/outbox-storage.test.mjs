import assert from 'node:assert/strict';
import { test } from 'node:test';

import { room, settled } from './helpers.mjs';
import { accept, makeOutbox, texts } from './make-outbox.mjs';

test('a message is saved before it is sent', async () => {
  const seen = [];
  const { outbox, add, sent } = makeOutbox({ save: (items) => seen.push(`${items.map(({ id }) => id)} ${sent.length}`) });
  outbox.open();
  add('one');
  await settled();
  assert.deepEqual(seen, ['id1 0']);
  accept(sent[0], 1);
  await settled();
  assert.equal(seen.at(-1), ' 1');
});

test('without a storage messages are sent, and reported as not saved', async () => {
  let isFull = true;
  const { outbox, add, sent } = makeOutbox({ save: () => !isFull });
  const first = add('one');
  const second = add('two');
  assert.deepEqual([first.kept, second.kept, outbox.hasUnsaved], [false, false, true]);
  outbox.open();
  await settled();
  isFull = false;
  accept(sent[0], 1);
  await settled();
  assert.deepEqual([second.kept, outbox.hasUnsaved], [true, false]);
  assert.deepEqual(texts(sent), ['id1 one', 'id2 two']);
});

test('restored messages are sent in their order, before new ones, and once', async () => {
  const { outbox, add, sent } = makeOutbox();
  const kept = (id, state = 'pending') => ({ id, room, text: id, writtenAt: new Date(), state, refusal: null });
  assert.equal(outbox.restore([kept('a'), kept('b', 'failed'), kept('c')]), true);
  outbox.restore([kept('a'), kept('b')]);
  add('new');
  assert.equal(outbox.items.length, 4);
  outbox.open();
  for (let i = 0; i < 3; i += 1) {
    await settled();
    accept(sent[i], i + 1);
  }
  await settled();
  assert.deepEqual(texts(sent), ['a a', 'c c', 'id1 new']);
  assert.equal(outbox.items.length, 1);
});

test('messages that the log contains are not restored', async () => {
  const { outbox, add, sent, states } = makeOutbox();
  outbox.confirmStored('a');
  outbox.restore([{ id: 'a', room, text: 'a', writtenAt: new Date(), state: 'pending', refusal: null }]);
  outbox.open();
  await settled();
  assert.deepEqual([sent, states, outbox.items.length], [[], [], 0]);
});

test('only a failed message can be discarded', async () => {
  let kept;
  const { outbox, add, sent } = makeOutbox({ save: (items) => (kept = items.map(({ id }) => id)) });
  outbox.open();
  add('one');
  add('two');
  await settled();
  assert.equal(outbox.discard('id1'), null);
  sent[0].resolve({ ok: false, code: 'invalid', detail: 'no' });
  await settled();
  assert.deepEqual(kept, ['id1', 'id2']);
  assert.equal(outbox.discard('id1').text, 'one');
  assert.equal(outbox.discard('id1'), null);
  assert.deepEqual(kept, ['id2']);
});

test('after clearing it sends nothing', async () => {
  let kept;
  const { outbox, add, sent } = makeOutbox({ save: (items) => (kept = items) });
  outbox.open();
  add('one');
  add('two');
  await settled();
  outbox.clear();
  accept(sent[0], 1);
  await settled();
  assert.deepEqual([kept, outbox.items.length, sent.length], [[], 0, 1]);
});

test('a late answer does not restore a cleared message', async () => {
  const kept = [];
  const { outbox, add, sent, states } = makeOutbox({ save: (items) => kept.push(items.length) > 0 });
  outbox.open();
  add('refused');
  await settled();
  outbox.clear();
  sent[0].resolve({ ok: false, code: 'invalid', detail: 'no' });
  await settled();
  assert.deepEqual([outbox.items.length, kept.at(-1), states], [0, 0, ['id1 pending']]);
});
