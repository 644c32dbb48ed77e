import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Backoff } from '../../../../static/js/connection/backoff.js';
import { Outbox } from '../../../../static/js/writing/outbox.js';
import { ada, entry, promised, settled } from './helpers.mjs';

/** An outbox whose sends and waits are answered by the test. */
function makeOutbox({ keep = () => true } = {}) {
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
    keep,
    newId: () => `id${(ids += 1)}`,
    backoff: new Backoff(() => 1),
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

test('tries without an answer are further and further apart, until one is answered', async () => {
  const { outbox, sent, waits } = makeOutbox();
  outbox.open();
  outbox.add('one');
  outbox.add('two');
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

test('a refusal that may be tried again is, not before the time that it names', async () => {
  const { outbox, sent, waits, states } = makeOutbox();
  outbox.open();
  outbox.add('one');
  await settled();
  sent[0].resolve({ ok: false, code: 'overloaded', detail: 'later', retry_after_ms: 7_000 });
  await settled();
  assert.equal(waits[0].ms, 7_000);
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

test('a message is kept before it is sent', async () => {
  const seen = [];
  const { outbox, sent } = makeOutbox({ keep: (items) => seen.push(`${items.map(({ id }) => id)} ${sent.length}`) });
  outbox.open();
  outbox.add('one');
  await settled();
  assert.deepEqual(seen, ['id1 0']);
  accept(sent[0], 1);
  await settled();
  assert.equal(seen.at(-1), ' 1');
});

test('where nothing can be kept it works all the same, and says so of each message', async () => {
  let isFull = true;
  const { outbox, sent } = makeOutbox({ keep: () => !isFull });
  const first = outbox.add('one');
  const second = outbox.add('two');
  assert.deepEqual([first.kept, second.kept, outbox.hasUnkept], [false, false, true]);
  outbox.open();
  await settled();
  isFull = false;
  accept(sent[0], 1);
  await settled();
  assert.deepEqual([second.kept, outbox.hasUnkept], [true, false]);
  assert.deepEqual(texts(sent), ['id1 one', 'id2 two']);
});

test('what was kept goes out in its order, before what is written since, and once', async () => {
  const { outbox, sent } = makeOutbox();
  const kept = (id, state = 'pending') => ({ id, text: id, writtenAt: new Date(), state, refusal: null });
  assert.equal(outbox.restore([kept('a'), kept('b', 'failed'), kept('c')]), true);
  outbox.restore([kept('a'), kept('b')]);
  outbox.add('new');
  assert.equal(outbox.count, 4);
  outbox.open();
  for (let i = 0; i < 3; i += 1) {
    await settled();
    accept(sent[i], i + 1);
  }
  await settled();
  assert.deepEqual(texts(sent), ['a a', 'c c', 'id1 new']);
  assert.equal(outbox.count, 1);
});

test('what the log is known to hold is not taken back from where it was kept', async () => {
  const { outbox, sent, states } = makeOutbox();
  outbox.settle(entry(1, { id: 'a', sender: ada }));
  outbox.restore([{ id: 'a', text: 'a', writtenAt: new Date(), state: 'pending', refusal: null }]);
  outbox.open();
  await settled();
  assert.deepEqual([sent, states, outbox.count], [[], [], 0]);
});

test('only a failed message can be given up, and is forgotten', async () => {
  let kept;
  const { outbox, sent } = makeOutbox({ keep: (items) => (kept = items.map(({ id }) => id)) });
  outbox.open();
  outbox.add('one');
  outbox.add('two');
  await settled();
  assert.equal(outbox.drop('id1'), null);
  sent[0].resolve({ ok: false, code: 'invalid', detail: 'no' });
  await settled();
  assert.deepEqual(kept, ['id1', 'id2']);
  assert.equal(outbox.drop('id1').text, 'one');
  assert.equal(outbox.drop('id1'), null);
  assert.deepEqual(kept, ['id2']);
});

test('cleared, it forgets everything and sends no more', async () => {
  let kept;
  const { outbox, sent } = makeOutbox({ keep: (items) => (kept = items) });
  outbox.open();
  outbox.add('one');
  outbox.add('two');
  await settled();
  outbox.clear();
  accept(sent[0], 1);
  await settled();
  assert.deepEqual([kept, outbox.count, sent.length], [[], 0, 1]);
});

test('ids are of letters and digits, and never the same', () => {
  const outbox = new Outbox({ send: () => promised().promise, changed: () => {}, stored: () => {} });
  const ids = new Set(Array.from({ length: 100 }, () => outbox.add('x').id));
  assert.equal(ids.size, 100);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{1,64}$/);
});

test('what was given up with everything does not come back by a late answer', async () => {
  const kept = [];
  const { outbox, sent, states } = makeOutbox({ keep: (items) => kept.push(items.length) > 0 });
  outbox.open();
  outbox.add('refused');
  await settled();
  outbox.clear();
  sent[0].resolve({ ok: false, code: 'invalid', detail: 'no' });
  await settled();
  assert.deepEqual([outbox.count, kept.at(-1), states], [0, 0, ['id1 pending']]);
});
