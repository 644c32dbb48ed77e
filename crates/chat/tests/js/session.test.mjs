import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Session } from '../../../../static/js/connection/session.js';
import { ada, settled } from './helpers.mjs';

const HOUR_MS = 3_600_000;

/** A session whose server, wall clock and timers are the test's. `answers` are given in turn. */
function makeSession(answers, { expiresIn = 60, ageMs = 0 } = {}) {
  const asked = [];
  const timers = [];
  const kept = [];
  const clock = { ms: 1_000 * HOUR_MS };
  const session = new Session({
    user: ada.id,
    token: 't1',
    expiresIn,
    ageMs,
    tab: { keep: (user, token) => kept.push(`${user} ${token}`), forget: () => kept.push('forgotten') },
    fetch: async (path, { headers }) => {
      asked.push(`${path} ${headers.authorization}`);
      const { status, body } = answers.shift();
      if (status === undefined) throw new TypeError('no network');
      return { status, ok: status < 300, json: async () => body };
    },
    now: () => clock.ms,
    schedule: (ms, action) => timers.push({ ms, action }),
  });
  let refusals = 0;
  session.whenRefused(() => (refusals += 1));
  /** Lets the time pass until the last timer is due, and runs it. */
  const runTimer = async () => {
    const { ms, action } = timers.pop();
    timers.length = 0;
    clock.ms += ms;
    action();
    await settled();
  };
  return { session, asked, timers, kept, clock, runTimer, refusals: () => refusals };
}

const fresh = (token, expiresIn) => ({ status: 200, body: { token, expires_in: expiresIn } });

test('the token is renewed at half of its time, and again', async () => {
  const { session, asked, timers, kept, runTimer } = makeSession([fresh('t2', 100), fresh('t3', 100)]);
  session.start();
  assert.equal(timers.at(-1).ms, 30_000);
  await runTimer();
  assert.equal(session.token, 't2');
  assert.equal(timers.at(-1).ms, 50_000);
  await runTimer();
  assert.deepEqual(asked, ['/token Bearer t1', '/token Bearer t2']);
  assert.deepEqual(kept, ['u-ada t2', 'u-ada t3']);
});

test('a token that lasts for long is looked at each minute and renewed when it is old', async () => {
  const { session, asked, timers, clock, runTimer } = makeSession([fresh('t2', 86_400)], { expiresIn: 86_400 });
  session.start();
  assert.equal(timers.at(-1).ms, 60_000);
  await runTimer();
  assert.deepEqual(asked, []);
  clock.ms += 12 * HOUR_MS;
  await runTimer();
  assert.deepEqual(asked, ['/token Bearer t1']);
});

test('after a sleep the token is renewed by the wall clock before it is shown', async () => {
  const { session, asked, clock } = makeSession([fresh('t2', 86_400)], { expiresIn: 86_400 });
  session.start();
  await session.look();
  assert.deepEqual(asked, []);
  clock.ms += 72 * HOUR_MS;
  await session.look();
  assert.equal(session.token, 't2');
  await session.look();
  assert.deepEqual(asked, ['/token Bearer t1']);
});

test('a clock that is two hours behind, or set while the page is open, keeps no token from being renewed', async () => {
  const { session, timers, clock, runTimer } = makeSession(
    [fresh('t2', 30), fresh('t3', 30), fresh('t4', 30)],
    { expiresIn: 30 },
  );
  clock.ms -= 2 * HOUR_MS;
  session.start();
  assert.equal(timers.at(-1).ms, 5_000);
  await runTimer();
  assert.equal(session.token, 't2');
  assert.equal(timers.at(-1).ms, 15_000);
  await runTimer();
  assert.equal(session.token, 't3');
  clock.ms += 2 * HOUR_MS;
  await session.look();
  assert.equal(session.token, 't4');
});

test('the time that the page took to come counts', async () => {
  const { session, timers } = makeSession([], { expiresIn: 60, ageMs: 20_000 });
  session.start();
  assert.equal(timers.at(-1).ms, 10_000);
});

test('a renewal that did not get through is tried again', async () => {
  const { session, timers, refusals, runTimer } = makeSession([{}, { status: 503 }, fresh('t2', 100)]);
  session.start();
  await runTimer();
  assert.equal(timers.at(-1).ms, 15_000);
  await runTimer();
  assert.equal(session.token, 't1');
  await runTimer();
  assert.equal(session.token, 't2');
  assert.equal(refusals(), 0);
});

test('of several who need it at once one renews', async () => {
  const { session, asked } = makeSession([fresh('t2', 100)]);
  assert.deepEqual(await Promise.all([session.renew(), session.renew()]), ['fresh', 'fresh']);
  assert.deepEqual(asked, ['/token Bearer t1']);
});

test('a refused renewal is the end', async () => {
  const { session, timers, refusals, runTimer } = makeSession([{ status: 401 }]);
  session.start();
  await runTimer();
  assert.equal(refusals(), 1);
  assert.deepEqual(timers, []);
  await session.look();
});

test('logging out ends the session and forgets it', async () => {
  const { session, asked, kept } = makeSession([{ status: 204 }]);
  await session.end();
  assert.deepEqual(asked, ['/logout Bearer t1']);
  assert.deepEqual(kept, ['forgotten']);
});

test('whoever logs out after a sleep ends the session, not the expired token alone', async () => {
  const { session, asked, kept } = makeSession([{ status: 401 }, fresh('t2', 100), { status: 204 }]);
  await session.end();
  assert.deepEqual(asked, ['/logout Bearer t1', '/token Bearer t1', '/logout Bearer t2']);
  assert.deepEqual(kept.at(-1), 'forgotten');
});

test('a session that the server has ended already can be left', async () => {
  const { session, kept } = makeSession([{ status: 401 }, { status: 401 }]);
  await session.end();
  assert.deepEqual(kept, ['forgotten']);
});

test('a log-out that did not get through forgets nothing', async () => {
  const { session, kept } = makeSession([{}, { status: 503 }, { status: 401 }, {}]);
  for (let round = 0; round < 3; round += 1) await assert.rejects(session.end());
  assert.deepEqual(kept, []);
});
