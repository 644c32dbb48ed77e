import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outbox } from '../../../../static/js/compose/outbox.js';
import { promised, room, settled } from './helpers.mjs';
import { accept, makeOutbox, texts } from './make-outbox.mjs';

test('nothing is sent before the connection is ready, then everything in the order of writing', async () => {
  const { outbox, add, sent, stored, states } = makeOutbox();
  add('one');
  add('two');
  await settled();
  assert.deepEqual(sent, []);
  assert.deepEqual(states, ['id1 pending waiting', 'id2 pending waiting']);
  outbox.open();
  await settled();
  assert.deepEqual(texts(sent), ['id1 one']);
  accept(sent[0], 1);
  await settled();
  assert.deepEqual(texts(sent), ['id1 one', 'id2 two']);
  accept(sent[1], 2);
  await settled();
  assert.deepEqual(stored.map(({ seq }) => seq), [1, 2]);
  assert.deepEqual(states.slice(-2), ['id1 stored', 'id2 stored']);
});

test('a message without an answer is sent again with the same id, before all others', async () => {
  const { outbox, add, sent, waits } = makeOutbox();
  outbox.open();
  add('one');
  add('two');
  await settled();
  sent[0].reject(new Error('timeout'));
  await settled();
  assert.equal(waits.length, 1);
  waits[0].over();
  await settled();
  assert.deepEqual(texts(sent), ['id1 one', 'id1 one']);
});

test('a message that a lost connection interrupted is sent again after the reconnection', async () => {
  const { outbox, add, sent, waits, states } = makeOutbox();
  outbox.open();
  add('one');
  await settled();
  outbox.pause();
  sent[0].reject(new Error('disconnected'));
  await settled();
  assert.equal(sent.length, 1);
  assert.deepEqual(waits, []);
  assert.equal(states.at(-1), 'id1 pending waiting');
  outbox.open();
  await settled();
  assert.deepEqual(texts(sent), ['id1 one', 'id1 one']);
});

test('the delays between attempts without an answer grow, until there is one', async () => {
  const { outbox, add, sent, waits } = makeOutbox();
  outbox.open();
  add('one');
  add('two');
  for (let i = 0; i < 5; i += 1) {
    await settled();
    sent.at(-1).reject(new Error('timeout'));
    await settled();
    waits.at(-1).over();
  }
  await settled();
  assert.deepEqual(waits.map(({ ms }) => ms), [1_000, 2_000, 4_000, 8_000, 10_000]);
  accept(sent.at(-1), 1);
  await settled();
  sent.at(-1).reject(new Error('timeout'));
  await settled();
  assert.equal(waits.at(-1).ms, 1_000);
});

test('a temporary refusal is tried again, not before its delay', async () => {
  const { outbox, add, sent, waits, states } = makeOutbox();
  outbox.open();
  add('one');
  await settled();
  sent[0].resolve({ ok: false, code: 'overloaded', detail: 'later', retry_after_ms: 7_000 });
  await settled();
  assert.equal(waits[0].ms, 7_000);
  assert.deepEqual(states, ['id1 pending']);
  waits[0].over();
  await settled();
  assert.deepEqual(texts(sent), ['id1 one', 'id1 one']);
});

test('after a final refusal only that message fails, and it can be sent again with its id', async () => {
  const { outbox, add, sent, states } = makeOutbox();
  outbox.open();
  add('one');
  add('two');
  await settled();
  sent[0].resolve({ ok: false, code: 'invalid', detail: 'no' });
  await settled();
  assert.equal(states.at(-1), 'id1 failed');
  assert.deepEqual(texts(sent), ['id1 one', 'id2 two']);
  outbox.resend('id1');
  outbox.resend('id1');
  accept(sent[1], 1);
  await settled();
  assert.deepEqual(texts(sent), ['id1 one', 'id2 two', 'id1 one']);
  accept(sent[2], 2);
  await settled();
  assert.equal(states.at(-1), 'id1 stored');
});

test('a message that the log contains is not sent again, and a late answer changes nothing', async () => {
  const { outbox, add, sent, stored, states } = makeOutbox();
  outbox.open();
  add('one');
  await settled();
  outbox.pause();
  outbox.confirmStored('id1');
  sent[0].reject(new Error('disconnected'));
  outbox.open();
  await settled();
  assert.equal(sent.length, 1);
  assert.deepEqual(stored, []);
  assert.equal(states.at(-1), 'id1 stored');
});

test('after a sign-out the messages are kept unsent', async () => {
  const { outbox, add, sent, states } = makeOutbox();
  outbox.open();
  add('one');
  await settled();
  sent[0].resolve({ ok: false, code: 'signed_out', detail: 'over' });
  await settled();
  assert.equal(states.at(-1), 'id1 pending waiting');
  assert.equal(sent.length, 1);
});

test('ids consist of letters and digits, and are unique', () => {
  const outbox = new Outbox({ send: () => promised().promise });
  const ids = new Set(Array.from({ length: 100 }, () => outbox.add('x', room).id));
  assert.equal(ids.size, 100);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{1,64}$/);
});

test('messages of several rooms are sent in the order of writing, each to its own room', async () => {
  const { outbox, sent } = makeOutbox();
  outbox.restore([{ id: 'r', room: 'second', text: 'restored', writtenAt: new Date(), state: 'pending', refusal: null }]);
  outbox.add('one', room);
  outbox.open();
  await settled();
  accept(sent[0], 1);
  await settled();
  sent[1].reject(new Error('timeout'));
  assert.deepEqual(sent.map(({ id, room: to }) => [id, to]), [['r', 'second'], ['id1', room]]);
});

test('a message that waits or fails holds up no other room, and its own room keeps its order', async () => {
  const { outbox, sent, waits } = makeOutbox();
  const sentTo = (to) => sent.filter((each) => each.room === to).map(({ text }) => text);
  outbox.open();
  for (const text of ['a1', 'a2']) outbox.add(text, 'a');
  for (const text of ['b1', 'b2']) outbox.add(text, 'b');
  await settled();
  sent.find(({ room: to }) => to === 'a').resolve({ ok: false, code: 'overloaded', detail: 'later', retry_after_ms: 9_000 });
  await settled();
  accept(sent.find(({ room: to }) => to === 'b'), 1);
  await settled();
  assert.deepEqual([sentTo('a'), sentTo('b')], [['a1'], ['b1', 'b2']]);
  sent.at(-1).resolve({ ok: false, code: 'archived', detail: 'no' });
  await settled();
  waits[0].over();
  await settled();
  accept(sent.at(-1), 1);
  await settled();
  assert.deepEqual([sentTo('a'), sentTo('b')], [['a1', 'a1', 'a2'], ['b1', 'b2']]);
  assert.deepEqual(outbox.items.map(({ text, state }) => `${text} ${state}`), ['a2 pending', 'b2 failed']);
});

test('the delay after a missing answer grows in each room by itself', async () => {
  const { outbox, sent, waits } = makeOutbox();
  outbox.open();
  outbox.add('one', 'a');
  await settled();
  for (let i = 0; i < 3; i += 1) {
    sent.at(-1).reject(new Error('timeout'));
    await settled();
    waits.at(-1).over();
    await settled();
  }
  outbox.add('two', 'b');
  await settled();
  sent.at(-1).reject(new Error('timeout'));
  await settled();
  assert.deepEqual(waits.map(({ ms }) => ms), [1_000, 2_000, 4_000, 1_000]);
});

test('a listener that ends is not called again', () => {
  const { outbox, add } = makeOutbox();
  const seen = [];
  const end = outbox.watch(({ id }) => seen.push(id));
  add('one');
  end();
  add('two');
  assert.deepEqual(seen, ['id1']);
});
