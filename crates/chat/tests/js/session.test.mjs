import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Session } from '../../../../static/js/connection/session.js';
import { ada, settled } from './helpers.mjs';

const HOUR_MS = 3_600_000;

/** A session with a server, a wall clock and timers that the test controls. `answers` are the server's, in order. */
function makeSession(answers, { expiresIn = 60, ageMs = 0 } = {}) {
  const requests = [];
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
      requests.push(`${path} ${headers.authorization}`);
      const { status, body } = answers.shift();
      if (status === undefined) throw new TypeError('no network');
      return { status, ok: status < 300, json: async () => body };
    },
    now: () => clock.ms,
    schedule: (ms, action) => {
      const timer = { ms, action };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
  });
  let refusals = 0;
  session.whenRefused(() => (refusals += 1));
  /** Advances the clock to the last timer, and runs it. */
  const runTimer = async () => {
    const { ms, action } = timers.pop();
    timers.length = 0;
    clock.ms += ms;
    action();
    await settled();
  };
  return { session, requests, timers, kept, clock, runTimer, refusals: () => refusals };
}

const fresh = (token, expiresIn) => ({ status: 200, body: { token, expires_in: expiresIn } });

test('the token is renewed at half of its lifetime, again and again', async () => {
  const { session, requests, timers, kept, runTimer } = makeSession([fresh('t2', 100), fresh('t3', 100)]);
  session.start();
  assert.equal(timers.at(-1).ms, 30_000);
  await runTimer();
  assert.equal(session.token, 't2');
  assert.equal(timers.at(-1).ms, 50_000);
  await runTimer();
  assert.deepEqual(requests, ['/token Bearer t1', '/token Bearer t2']);
  assert.deepEqual(kept, ['u-ada t2', 'u-ada t3']);
});

test('a token with a long lifetime is checked every minute, and renewed after twelve hours', async () => {
  const { session, requests, timers, clock, runTimer } = makeSession([fresh('t2', 86_400)], { expiresIn: 86_400 });
  session.start();
  assert.equal(timers.at(-1).ms, 60_000);
  await runTimer();
  assert.deepEqual(requests, []);
  clock.ms += 12 * HOUR_MS;
  await runTimer();
  assert.deepEqual(requests, ['/token Bearer t1']);
});

test('after a sleep the token is renewed before it is sent', async () => {
  const { session, requests, clock } = makeSession([fresh('t2', 86_400)], { expiresIn: 86_400 });
  session.start();
  await session.check();
  assert.deepEqual(requests, []);
  clock.ms += 72 * HOUR_MS;
  await session.check();
  assert.equal(session.token, 't2');
  await session.check();
  assert.deepEqual(requests, ['/token Bearer t1']);
});

test('the token is renewed if the clock is two hours wrong, or was set while the page is open', async () => {
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
  await session.check();
  assert.equal(session.token, 't4');
});

test('the time that the page took to load counts', async () => {
  const { session, timers } = makeSession([], { expiresIn: 60, ageMs: 20_000 });
  session.start();
  assert.equal(timers.at(-1).ms, 10_000);
});

test('a renewal without an answer is tried again', async () => {
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

test('several renewals at once are one request', async () => {
  const { session, requests } = makeSession([fresh('t2', 100)]);
  assert.deepEqual(await Promise.all([session.renew(), session.renew()]), ['fresh', 'fresh']);
  assert.deepEqual(requests, ['/token Bearer t1']);
});

test('a refused renewal ends the session', async () => {
  const { session, timers, refusals, runTimer } = makeSession([{ status: 401 }]);
  session.start();
  await runTimer();
  assert.equal(refusals(), 1);
  assert.deepEqual(timers, []);
  await session.check();
});

test('logging out ends the session and removes the tab’s identity', async () => {
  const { session, requests, kept } = makeSession([{ status: 204 }]);
  await session.end();
  assert.deepEqual(requests, ['/logout Bearer t1']);
  assert.deepEqual(kept, ['forgotten']);
});

test('logging out with an expired token ends the session, too', async () => {
  const { session, requests, kept } = makeSession([{ status: 401 }, fresh('t2', 100), { status: 204 }]);
  await session.end();
  assert.deepEqual(requests, ['/logout Bearer t1', '/token Bearer t1', '/logout Bearer t2']);
  assert.deepEqual(kept.at(-1), 'forgotten');
});

test('logging out of a session that is over already works', async () => {
  const { session, kept } = makeSession([{ status: 401 }, { status: 401 }]);
  await session.end();
  assert.deepEqual(kept, ['forgotten']);
});

test('a log-out without an answer removes nothing', async () => {
  const { session, kept } = makeSession([{}, { status: 503 }, { status: 401 }, {}]);
  for (let round = 0; round < 3; round += 1) await assert.rejects(session.end());
  assert.deepEqual(kept, []);
});
