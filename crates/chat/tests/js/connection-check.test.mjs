import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeConnection } from './make-connection.mjs';

/** A connected connection, whose server answers a check or does not. */
function makeChecked(t, { answers }) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const made = makeConnection();
  const { connection, socket, play } = made;
  const requests = [];
  connection.open();
  socket.connected = true;
  play('io packet');
  play('connect');
  socket.timeout = (ms) => ({
    emitWithAck: async (...args) => {
      requests.push(args);
      t.mock.timers.tick(answers ? 50 : ms);
      if (!answers) throw new Error('operation has timed out');
      play('io packet');
      return { ok: true };
    },
  });
  return { ...made, requests };
}

test('after a while the connection is checked with one small request', async (t) => {
  const { connection, requests, states } = makeChecked(t, { answers: true });
  t.mock.timers.tick(60_000);
  await Promise.all([connection.check(), connection.check()]);
  assert.deepEqual(requests, [['history', { limit: 1 }]]);
  assert.deepEqual(states, ['connecting', 'connected']);
});

test('a connection that received something recently is not checked', async (t) => {
  const { connection, requests, play } = makeChecked(t, { answers: true });
  await connection.check();
  t.mock.timers.tick(25_000);
  play('io ping');
  t.mock.timers.tick(4_000);
  await connection.check();
  assert.deepEqual(requests, []);
});

test('without an answer to the check it reconnects at once', async (t) => {
  const { connection, socket, states } = makeChecked(t, { answers: false });
  t.mock.timers.tick(60_000);
  const before = Date.now();
  await connection.check();
  assert.ok(Date.now() - before <= 5_000);
  assert.equal(socket.connects, 2);
  assert.deepEqual(states, ['connecting', 'connected', 'lost', 'trying']);
});
