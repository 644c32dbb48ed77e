import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Backoff } from '../../../../static/js/connection/backoff.js';
import { Connection } from '../../../../static/js/connection/connection.js';
import { ada, entry, promised, settled } from './helpers.mjs';

/** A connection over a socket that the test plays. */
function makeConnection() {
  const handlers = {};
  const session = {
    user: ada.id,
    token: 't1',
    renewals: [],
    async look() {},
    async renew() {
      return this.renewals.shift();
    },
  };
  const states = [];
  const heard = [];
  let options;
  const socket = {
    connects: 0,
    connected: false,
    io: { on: (event, handler) => (handlers[`io ${event}`] = handler) },
    on: (event, handler) => (handlers[event] = handler),
    connect() {
      this.connects += 1;
      options.auth((auth) => (this.auth = auth));
    },
    disconnect() {
      this.connected = false;
    },
    timeout: () => ({ emitWithAck: async (...args) => args }),
  };
  const connection = new Connection({
    io: (given) => {
      options = given;
      return socket;
    },
    session,
    changed: (state, retryAt, reason) => {
      states.push((state === 'lost' && retryAt === null ? 'trying' : state) + (reason ? `: ${reason}` : ''));
    },
    heard: (list) => heard.push(...list),
    tip: () => {},
    backoff: new Backoff(() => 1),
  });
  return { connection, socket, session, states, heard, play: (event, ...args) => handlers[event](...args) };
}

test('it says whose tab it is, and which extras it understands', async () => {
  const { connection, socket } = makeConnection();
  connection.open();
  await settled();
  assert.deepEqual(socket.auth, { token: 't1', user: ada.id, batch: true, tip: true, reason: true });
});

test('single and batched entries are heard alike', () => {
  const { heard, play } = makeConnection();
  play('chat message', 'grace : text 1', entry(1));
  play('chat messages', [entry(2), entry(3)]);
  assert.deepEqual(heard.map(({ seq }) => seq), [1, 2, 3]);
});

test('a lost connection is tried again, later each time, with the fresh token', async (t) => {
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

test('one need not wait for the next try', (t) => {
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

test('a refused token is the end when it cannot be renewed', async (t) => {
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

test('a token that expired in sleep is renewed, and whoever it was comes back', async (t) => {
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

test('the token is looked at before it is shown, and shown to the connection that asked', async () => {
  const { connection, socket, session } = makeConnection();
  const looks = [promised(), promised()];
  let asked = 0;
  session.look = () => looks[asked++].promise;
  connection.open();
  connection.open();
  looks[0].resolve();
  await settled();
  assert.equal(socket.auth, undefined, 'the first one is not there any more');
  session.token = 't2';
  looks[1].resolve();
  await settled();
  assert.equal(socket.auth.token, 't2');
});

test('whoever is put out with a token renewed since comes back with it, once', async () => {
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

test('a connection on which no answer comes is opened anew, once', async (t) => {
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

test('nothing is emitted into a connection that is not there', async () => {
  const { connection, socket } = makeConnection();
  await assert.rejects(connection.request('history', {}));
  socket.connected = true;
  assert.deepEqual(await connection.request('history', { after: 1 }), ['history', { after: 1 }]);
});

test('a large answer may take longer, and while it is on its way no other is missed', async () => {
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

/** A connected one, whose server answers what it is asked to prove itself, or does not. */
function makeProven(t, { answers }) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const made = makeConnection();
  const { connection, socket, play } = made;
  const asked = [];
  connection.open();
  socket.connected = true;
  play('io packet');
  play('connect');
  socket.timeout = (ms) => ({
    emitWithAck: async (...args) => {
      asked.push(args);
      t.mock.timers.tick(answers ? 50 : ms);
      if (!answers) throw new Error('operation has timed out');
      play('io packet');
      return { ok: true };
    },
  });
  return { ...made, asked };
}

test('whoever is back after a while has the server prove that it is there, with one small question', async (t) => {
  const { connection, asked, states } = makeProven(t, { answers: true });
  t.mock.timers.tick(60_000);
  await Promise.all([connection.check(), connection.check()]);
  assert.deepEqual(asked, [['history', { limit: 1 }]]);
  assert.deepEqual(states, ['connecting', 'connected']);
});

test('who looks in often, or hears from the server in any case, asks nothing', async (t) => {
  const { connection, asked, play } = makeProven(t, { answers: true });
  await connection.check();
  t.mock.timers.tick(25_000);
  play('io ping');
  t.mock.timers.tick(4_000);
  await connection.check();
  assert.deepEqual(asked, []);
});

test('a server that proves nothing within a few seconds is called anew at once', async (t) => {
  const { connection, socket, states } = makeProven(t, { answers: false });
  t.mock.timers.tick(60_000);
  const before = Date.now();
  await connection.check();
  assert.ok(Date.now() - before <= 5_000);
  assert.equal(socket.connects, 2);
  assert.deepEqual(states, ['connecting', 'connected', 'lost', 'trying']);
});

test('a refusal that is none of the token is told apart from a lost connection, and tried again later', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { connection, socket, states, play } = makeConnection();
  connection.open();
  play('connect_error', new Error('Too many sockets'));
  t.mock.timers.tick(30_000);
  assert.equal(socket.connects, 1, 'not soon');
  connection.check();
  assert.equal(socket.connects, 2, 'but at once when somebody is back');
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
    'lost: room',
    'trying: room',
    'lost',
    'trying',
    'connected',
  ]);
});
