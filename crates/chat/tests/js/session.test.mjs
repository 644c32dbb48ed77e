import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Session } from '../../../../static/js/connection/session.js';
import { ada, settled } from './helpers.mjs';

/** A session whose server and timers are the test's. */
function makeSession(answers) {
  const asked = [];
  const timers = [];
  const kept = [];
  const session = new Session({
    user: ada.id,
    token: 't1',
    tab: { keep: (user, token) => kept.push(`${user} ${token}`), forget: () => kept.push('forgotten') },
    fetch: async (path, { headers }) => {
      asked.push(`${path} ${headers.authorization}`);
      const { status, body } = answers.shift();
      if (status === undefined) throw new TypeError('no network');
      return { status, ok: status < 300, json: async () => body };
    },
    schedule: (ms, action) => timers.push({ ms, action }),
  });
  const runTimer = async () => {
    timers.shift().action();
    await settled();
  };
  return { session, asked, timers, kept, runTimer };
}

test('the token is renewed at half of its time, and again', async () => {
  const { session, asked, timers, kept, runTimer } = makeSession([
    { status: 200, body: { token: 't2', expires_in: 100 } },
    { status: 200, body: { token: 't3', expires_in: 100 } },
  ]);
  session.renewWithin(60_000);
  assert.equal(timers[0].ms, 30_000);
  await runTimer();
  assert.equal(session.token, 't2');
  assert.equal(timers[0].ms, 50_000);
  await runTimer();
  assert.deepEqual(asked, ['/token Bearer t1', '/token Bearer t2']);
  assert.deepEqual(kept, ['u-ada t2', 'u-ada t3']);
});

test('a renewal that did not get through is tried again', async () => {
  const { session, timers, runTimer } = makeSession([
    {},
    { status: 503 },
    { status: 200, body: { token: 't2', expires_in: 100 } },
  ]);
  session.renewWithin(60_000);
  await runTimer();
  await runTimer();
  assert.equal(session.token, 't1');
  await runTimer();
  assert.equal(session.token, 't2');
  assert.equal(timers.length, 1);
});

test('a refused renewal is the end', async () => {
  const { session, timers, runTimer } = makeSession([{ status: 401 }]);
  let refusals = 0;
  session.whenRefused(() => (refusals += 1));
  session.renewWithin(60_000);
  await runTimer();
  assert.equal(refusals, 1);
  assert.deepEqual(timers, []);
});

test('logging out ends the session and forgets it', async () => {
  const { session, asked, kept } = makeSession([{ status: 204 }]);
  await session.end();
  assert.deepEqual(asked, ['/logout Bearer t1']);
  assert.deepEqual(kept, ['forgotten']);
});

test('a session that the server has ended already can be left', async () => {
  const { session, kept } = makeSession([{ status: 401 }]);
  await session.end();
  assert.deepEqual(kept, ['forgotten']);
});

test('a log-out that did not get through forgets nothing', async () => {
  const { session, kept } = makeSession([{}, { status: 503 }]);
  await assert.rejects(session.end());
  await assert.rejects(session.end());
  assert.deepEqual(kept, []);
});
