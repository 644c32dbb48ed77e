import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outbox } from '../../../../static/js/outbox.js';
import { ada, entry, promised, settled } from './helpers.mjs';

/** An outbox whose sends and waits are answered by the test. */
function makeOutbox() {
  const sent = [];
  const waits = [];
  const stored = [];
  const states = [];
  let ids = 0;
  const outbox = new Outbox({
    send: (text, id) => {
      const answer = promised();
      sent.push({ text, id, ...answer });
      return answer.promise;
    },
    changed: ({ id, state, waiting }) => states.push(`${id} ${state}${waiting ? ' waiting' : ''}`),
    stored: (message) => stored.push(message),
    newId: () => `id${(ids += 1)}`,
    wait: (ms) => {
      const over = promised();
      waits.push({ ms, over: over.resolve });
      return over.promise;
    },
  });
  return { outbox, sent, waits, stored, states };
}

const accept = ({ id, text, resolve }, seq) => resolve({ ok: true, message: entry(seq, { id, text, sender: ada }) });
const texts = (sent) => sent.map(({ text, id }) => `${id} ${text}`);

test('nothing is sent until the connection is there, then everything in the order of writing', async () => {
  const { outbox, sent, stored, states } = makeOutbox();
  outbox.add('one');
  outbox.add('two');
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

test('a send without an answer goes again under the same id, before all others', async () => {
  const { outbox, sent, waits } = makeOutbox();
  outbox.open();
  outbox.add('one');
  outbox.add('two');
  await settled();
  sent[0].reject(new Error('timeout'));
  await settled();
  assert.equal(waits.length, 1);
  waits[0].over();
  await settled();
  assert.deepEqual(texts(sent), ['id1 one', 'id1 one']);
});

test('a send cut off by a lost connection goes again when it is back', async () => {
  const { outbox, sent, waits, states } = makeOutbox();
  outbox.open();
  outbox.add('one');
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

test('a refusal that may be tried again is, after the time that it names', async () => {
  const { outbox, sent, waits, states } = makeOutbox();
  outbox.open();
  outbox.add('one');
  await settled();
  sent[0].resolve({ ok: false, code: 'overloaded', detail: 'later', retry_after_ms: 700 });
  await settled();
  assert.equal(waits[0].ms, 700);
  assert.deepEqual(states, ['id1 pending']);
  waits[0].over();
  await settled();
  assert.deepEqual(texts(sent), ['id1 one', 'id1 one']);
});

test('a refusal for good fails that message only, which can be sent again under its id', async () => {
  const { outbox, sent, states } = makeOutbox();
  outbox.open();
  outbox.add('one');
  outbox.add('two');
  await settled();
  sent[0].resolve({ ok: false, code: 'invalid', detail: 'no' });
  await settled();
  assert.equal(states.at(-1), 'id1 failed');
  assert.deepEqual(texts(sent), ['id1 one', 'id2 two']);
  outbox.retry('id1');
  outbox.retry('id1');
  accept(sent[1], 1);
  await settled();
  assert.deepEqual(texts(sent), ['id1 one', 'id2 two', 'id1 one']);
  accept(sent[2], 2);
  await settled();
  assert.equal(states.at(-1), 'id1 stored');
});

test('a message that the log holds is not sent again, and a late answer changes nothing', async () => {
  const { outbox, sent, stored, states } = makeOutbox();
  outbox.open();
  outbox.add('one');
  await settled();
  outbox.pause();
  outbox.settle(entry(1, { id: 'id1', sender: ada }));
  sent[0].reject(new Error('disconnected'));
  outbox.open();
  await settled();
  assert.equal(sent.length, 1);
  assert.deepEqual(stored, []);
  assert.equal(states.at(-1), 'id1 stored');
});

test('whoever is signed out keeps what was written, unsent', async () => {
  const { outbox, sent, states } = makeOutbox();
  outbox.open();
  outbox.add('one');
  await settled();
  sent[0].resolve({ ok: false, code: 'signed_out', detail: 'over' });
  await settled();
  assert.equal(states.at(-1), 'id1 pending waiting');
  assert.equal(sent.length, 1);
});

test('ids are of letters and digits, and never the same', () => {
  const outbox = new Outbox({ send: () => promised().promise, changed: () => {}, stored: () => {} });
  const ids = new Set(Array.from({ length: 100 }, () => outbox.add('x').id));
  assert.equal(ids.size, 100);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{1,64}$/);
});
