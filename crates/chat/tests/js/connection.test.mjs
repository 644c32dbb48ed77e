import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ada, promised, settled } from './helpers.mjs';
import { makeConnection } from './make-connection.mjs';

test('it sends the tab’s user and its capabilities', async () => {
  const { connection, socket } = makeConnection();
  connection.open();
  await settled();
  assert.deepEqual(socket.auth, { token: 't1', user: ada.id, batch: true, tip: true, reason: true, rooms: true });
});

test('a lost connection is retried with growing delays and the current token', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { connection, socket, session, states, play } = makeConnection();
  connection.open();
  play('connect');
  play('disconnect', 'transport close');
  session.token = 't2';
  t.mock.timers.tick(999);
  assert.equal(socket.connects, 1);
  t.mock.timers.tick(1);
  assert.equal(socket.connects, 2);
  await settled();
  assert.equal(socket.auth.token, 't2');
  play('connect_error', new Error('xhr poll error'));
  t.mock.timers.tick(1_999);
  assert.equal(socket.connects, 2);
  t.mock.timers.tick(1);
  assert.equal(socket.connects, 3);
  play('connect');
  assert.deepEqual(states, ['connecting', 'connected', 'lost', 'trying', 'lost', 'trying', 'connected']);
});

test('the next attempt can be made at once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { connection, socket, play } = makeConnection();
  connection.open();
  connection.retryNow();
  assert.equal(socket.connects, 1);
  play('connect_error', new Error('timeout'));
  connection.retryNow();
  connection.retryNow();
  assert.equal(socket.connects, 2);
  t.mock.timers.tick(60_000);
  assert.equal(socket.connects, 2);
});

test('a rejected token that cannot be renewed ends the session', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { connection, socket, session, states, play } = makeConnection();
  connection.open();
  await settled();
  session.renewals.push('refused');
  play('connect_error', new Error("Token didn't match"));
  await settled();
  t.mock.timers.tick(60_000);
  assert.equal(connection.state, 'signed-out');
  assert.equal(socket.connects, 1);
  assert.deepEqual(states, ['connecting', 'trying', 'signed-out']);
});

test('a token that expired during sleep is renewed, and the connection is restored', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { connection, socket, session, states, play } = makeConnection();
  connection.open();
  await settled();
  play('connect');
  session.renewals.push('unknown', 'fresh');
  for (const refusal of ['disconnect', 'connect_error']) {
    play(refusal, refusal === 'disconnect' ? 'io server disconnect' : new Error("Token didn't match"));
    await settled();
    t.mock.timers.tick(2_000);
    await settled();
  }
  assert.equal(socket.connects, 3);
  play('connect');
  assert.deepEqual(states.slice(1), ['connected', 'trying', 'lost', 'trying', 'trying', 'lost', 'trying', 'connected']);
});

test('the token is checked before it is sent, and sent by the last attempt only', async () => {
  const { connection, socket, session } = makeConnection();
  const looks = [promised(), promised()];
  let asked = 0;
  session.check = () => looks[asked++].promise;
  connection.open();
  connection.open();
  looks[0].resolve();
  await settled();
  assert.equal(socket.auth, undefined, 'the first attempt was replaced');
  session.token = 't2';
  looks[1].resolve();
  await settled();
  assert.equal(socket.auth.token, 't2');
});

test('after a disconnect by the server it retries once with a token that was renewed since', async () => {
  const { connection, socket, session, play } = makeConnection();
  connection.open();
  await settled();
  play('connect');
  session.token = 't2';
  play('disconnect', 'io server disconnect');
  await settled();
  assert.equal(socket.connects, 2);
  assert.equal(socket.auth.token, 't2');
  play('connect');
  session.renewals.push('refused');
  play('disconnect', 'io server disconnect');
  await settled();
  assert.equal(socket.connects, 2);
  assert.equal(connection.state, 'signed-out');
});

test('a connection without an answer is reconnected, once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { connection, socket, states, play } = makeConnection();
  connection.open();
  socket.connected = true;
  play('connect');
  socket.timeout = () => ({ emitWithAck: () => Promise.reject(new Error('operation has timed out')) });
  const asked = [connection.request('chat message', 'text 1'), connection.request('watch')];
  for (const request of asked) await assert.rejects(request, /timed out/);
  assert.equal(socket.connected, false);
  t.mock.timers.tick(60_000);
  assert.equal(socket.connects, 2);
  assert.deepEqual(states, ['connecting', 'connected', 'lost', 'trying']);
});

test('without a connection nothing is emitted', async () => {
  const { connection, socket } = makeConnection();
  await assert.rejects(connection.request('history', {}));
  socket.connected = true;
  assert.deepEqual(await connection.request('history', { after: 1 }), ['history', { after: 1 }]);
});

test('a large answer may take longer, and others may wait behind it', async () => {
  const { connection, socket, states, play } = makeConnection();
  connection.open();
  socket.connected = true;
  play('connect');
  const waits = {};
  const running = {};
  socket.timeout = (ms) => ({
    emitWithAck: (event) => {
      waits[event] = ms;
      return new Promise((_, reject) => (running[event] = () => reject(new Error('operation has timed out'))));
    },
  });
  const history = connection.request('history', {});
  const typing = connection.request('typing');
  assert.ok(waits.history > waits.typing);
  running.typing();
  await assert.rejects(typing, /timed out/);
  assert.equal(socket.connected, true);
  running.history();
  await assert.rejects(history, /timed out/);
  assert.equal(socket.connected, false);
  assert.deepEqual(states, ['connecting', 'connected', 'lost']);
  await assert.rejects(connection.request('history', {}), { isUnsent: true });
  connection.signOut();
});

test('a rejection for another reason than the token is reported, and retried later', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { connection, socket, states, play } = makeConnection();
  connection.open();
  play('connect_error', new Error('Too many sockets'));
  t.mock.timers.tick(30_000);
  assert.equal(socket.connects, 1, 'not soon');
  connection.check();
  assert.equal(socket.connects, 2, 'but at once when the user returns');
  const context = { responseText: '{"code":"overloaded","status":503}' };
  play('connect_error', Object.assign(new Error('xhr poll error'), { context }));
  t.mock.timers.tick(60_000);
  play('connect_error', Object.assign(new Error('xhr poll error'), { context: { responseText: '<html>' } }));
  t.mock.timers.tick(60_000);
  play('connect');
  assert.deepEqual(states, [
    'connecting',
    'lost: tabs',
    'trying: tabs',
    'lost: capacity',
    'trying: capacity',
    'lost',
    'trying',
    'connected',
  ]);
});
