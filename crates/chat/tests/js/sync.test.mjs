import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/room-log.js';
import { Sync } from '../../../../static/js/log/sync.js';
import { entries, entry, room, seqs, settled } from './helpers.mjs';

/** A sync with a server whose log has `serverHas` entries, and with timers that the test runs. */
function makeSync({ lastSeq = 0, coveredTo = 1, serverHas = 0 } = {}) {
  const server = { log: entries(1, serverHas), fails: false, isAway: false, requests: [], limits: [], time: 0, takes: 0 };
  const received = [];
  const missed = [];
  const read = [];
  const timers = [];
  const request = async (event, { after, before, limit }) => {
    server.requests.push(after !== undefined ? `after ${after}` : `before ${before ?? 'the end'}`);
    server.limits.push(limit);
    if (server.fails) throw Object.assign(new Error('no answer'), { isUnsent: server.isAway });
    server.time += server.takes;
    const end = server.log.length;
    if (after !== undefined) {
      const covered = Math.min(after + limit, end);
      return { ok: true, messages: server.log.slice(after, covered), covered_to: covered, last_seq: end };
    }
    const to = (before ?? end + 1) - 1;
    const from = Math.max(to - limit, 0);
    return { ok: true, messages: server.log.slice(from, to), covered_to: from + 1, last_seq: end };
  };
  const log = new RoomLog({ coveredTo, lastSeq, messages: entries(coveredTo, lastSeq) });
  const sync = new Sync({
    log,
    room,
    request,
    missed: (list) => missed.push(...seqs(list)),
    read: (list) => read.push(...seqs(list)),
    schedule: (ms, action) => timers.push(action),
    now: () => server.time,
  });
  const runTimers = async () => {
    timers.splice(0).forEach((action) => action());
    await settled();
  };
  const receive = (list) => received.push(...seqs(sync.receive(list)));
  return { sync, log, server, received, receive, missed, read, runTimers };
}

test('after an absence it reads page after page to the end', async () => {
  const { sync, server, received, missed } = makeSync({ lastSeq: 10, serverHas: 260 });
  await sync.catchUp();
  assert.deepEqual(server.requests, ['after 10', 'after 110', 'after 210']);
  assert.deepEqual(missed, seqs(entries(11, 260)));
  assert.deepEqual(received, []);
});

test('at most five pages are read: if more are missing, it reads the newest one and leaves a gap', async () => {
  const five = makeSync({ lastSeq: 10, serverHas: 510 });
  await five.sync.catchUp();
  assert.deepEqual(five.missed, seqs(entries(11, 510)));
  const more = makeSync({ lastSeq: 10, serverHas: 511 });
  await more.sync.catchUp();
  assert.deepEqual(more.server.requests, ['after 10', 'before the end']);
  assert.deepEqual(more.missed, [...seqs(entries(11, 110)), ...seqs(entries(412, 511))]);
  assert.equal(more.log.isBehind, false);
});

test('a gap is read from both sides, and so is the start', async () => {
  const { sync, log, read } = makeSync({ lastSeq: 10, serverHas: 1_000 });
  await sync.catchUp();
  assert.equal(await sync.readBefore(901), true);
  assert.equal(await sync.readAfter(110), true);
  assert.deepEqual(read, [...seqs(entries(801, 900)), ...seqs(entries(111, 210))]);
  assert.equal(log.gapBefore(log.indexOf(801)).after, 210);
  const late = makeSync({ coveredTo: 951, lastSeq: 1_000, serverHas: 1_000 });
  await late.sync.readAfter(0);
  assert.deepEqual(late.read, seqs(entries(1, 100)));
  assert.equal(late.log.isStartKnown, true);
});

test('an entry that arrives in another order is not requested', async () => {
  const { receive, server, received, runTimers } = makeSync({ serverHas: 2 });
  receive([entry(2)]);
  receive([entry(1)]);
  await runTimers();
  assert.deepEqual(server.requests, []);
  assert.deepEqual(received, [1, 2]);
});

test('an entry that stays missing is requested', async () => {
  const { receive, server, missed, runTimers } = makeSync({ serverHas: 3 });
  receive([entry(3)]);
  await runTimers();
  assert.deepEqual(server.requests, ['after 0']);
  assert.deepEqual(missed, [1, 2, 3]);
});

test('entries before a tip are requested', async () => {
  const { sync, missed, runTimers } = makeSync({ serverHas: 2 });
  sync.receiveTip({ last_seq: 2 });
  await runTimers();
  assert.deepEqual(missed, [1, 2]);
});

test('when the server does not answer it tries again', async () => {
  const { sync, server, missed, runTimers } = makeSync({ serverHas: 2 });
  server.fails = true;
  sync.receiveTip({ last_seq: 2 });
  await runTimers();
  server.fails = false;
  await runTimers();
  assert.deepEqual(missed, [1, 2]);
});

test('catching up twice at once is one request', async () => {
  const { sync, server } = makeSync({ serverHas: 2 });
  await Promise.all([sync.catchUp(), sync.catchUp()]);
  assert.deepEqual(server.requests, ['after 0']);
});

test('reading without an answer resolves to false', async () => {
  const { sync, log, server } = makeSync({ coveredTo: 71, lastSeq: 120, serverHas: 120 });
  server.fails = true;
  assert.equal(await sync.readBefore(71), false);
  assert.equal(log.isStartKnown, false);
});

test('after a missing answer it requests smaller pages, after fast ones larger pages again, and skips nothing', async () => {
  const { sync, server, missed, runTimers } = makeSync({ serverHas: 130 });
  server.fails = true;
  sync.receiveTip({ last_seq: 130 });
  await runTimers();
  await runTimers();
  server.fails = false;
  await runTimers();
  assert.deepEqual(server.limits, [100, 50, 25, 50, 100]);
  assert.deepEqual(missed, seqs(entries(1, 130)));
});

test('a request that was not sent does not change the page size; a slow answer does', async () => {
  const { sync, server } = makeSync({ coveredTo: 501, lastSeq: 600, serverHas: 600 });
  Object.assign(server, { fails: true, isAway: true });
  await sync.readBefore(501);
  Object.assign(server, { fails: false, takes: 12_000 });
  await sync.readBefore(501);
  await sync.readBefore(401);
  assert.deepEqual(server.limits, [100, 100, 50]);
});
