import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log/log.js';
import { Sync } from '../../../../static/js/log/sync.js';
import { entries, entry, room, seqs, settled } from './helpers.mjs';

/** A sync over a server whose log has so many entries; its timers run when the test says so. */
function makeSync({ lastSeq = 0, coveredTo = 1, serverHas = 0 } = {}) {
  const server = { log: entries(1, serverHas), fails: false, isAway: false, asked: [], limits: [], time: 0, takes: 0 };
  const heard = [];
  const missed = [];
  const read = [];
  const timers = [];
  const request = async (event, { after, before, limit }) => {
    server.asked.push(after !== undefined ? `after ${after}` : `before ${before ?? 'the end'}`);
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
  const log = new RoomLog({ room, coveredTo, lastSeq, messages: entries(coveredTo, lastSeq) });
  const sync = new Sync({
    log,
    room,
    request,
    heard: (list) => heard.push(...seqs(list)),
    missed: (list) => missed.push(...seqs(list)),
    read: (list) => read.push(...seqs(list)),
    schedule: (ms, action) => timers.push(action),
    now: () => server.time,
  });
  const runTimers = async () => {
    timers.splice(0).forEach((action) => action());
    await settled();
  };
  return { sync, log, server, heard, missed, read, runTimers };
}

test('after an absence it reads page after page to the end', async () => {
  const { sync, server, heard, missed } = makeSync({ lastSeq: 10, serverHas: 260 });
  await sync.catchUp();
  assert.deepEqual(server.asked, ['after 10', 'after 110', 'after 210']);
  assert.deepEqual(missed, seqs(entries(11, 260)));
  assert.deepEqual(heard, []);
});

test('five pages are read, and not one more: then it jumps to the end and leaves a gap', async () => {
  const five = makeSync({ lastSeq: 10, serverHas: 510 });
  await five.sync.catchUp();
  assert.deepEqual(five.missed, seqs(entries(11, 510)));
  const more = makeSync({ lastSeq: 10, serverHas: 511 });
  await more.sync.catchUp();
  assert.deepEqual(more.server.asked, ['after 10', 'before the end']);
  assert.deepEqual(more.missed, [...seqs(entries(11, 110)), ...seqs(entries(412, 511))]);
  assert.equal(more.log.isBehind, false);
});

test('a gap is read from either side, and so is the start', async () => {
  const { sync, log, read } = makeSync({ lastSeq: 10, serverHas: 1_000 });
  await sync.catchUp();
  assert.equal(await sync.readBefore(901), true);
  assert.equal(await sync.readAfter(110), true);
  assert.deepEqual(read, [...seqs(entries(801, 900)), ...seqs(entries(111, 210))]);
  assert.equal(log.gapBefore(log.indexOf(801)).after, 210);
  const late = makeSync({ coveredTo: 951, lastSeq: 1_000, serverHas: 1_000 });
  await late.sync.readAfter(0);
  assert.deepEqual(late.read, seqs(entries(1, 100)));
  assert.equal(late.log.startReached, true);
});

test('an entry that came before another is not asked for at once', async () => {
  const { sync, server, heard, runTimers } = makeSync({ serverHas: 2 });
  sync.hear([entry(2)]);
  sync.hear([entry(1)]);
  await runTimers();
  assert.deepEqual(server.asked, []);
  assert.deepEqual(heard, [1, 2]);
});

test('an entry that stays missing is asked for', async () => {
  const { sync, server, missed, runTimers } = makeSync({ serverHas: 3 });
  sync.hear([entry(3)]);
  await runTimers();
  assert.deepEqual(server.asked, ['after 0']);
  assert.deepEqual(missed, [1, 2, 3]);
});

test('a tip beyond what came is asked for', async () => {
  const { sync, missed, runTimers } = makeSync({ serverHas: 2 });
  sync.hearEnd({ room, last_seq: 2 });
  await runTimers();
  assert.deepEqual(missed, [1, 2]);
});

test('when the server does not answer it tries again', async () => {
  const { sync, server, missed, runTimers } = makeSync({ serverHas: 2 });
  server.fails = true;
  sync.hearEnd({ room, last_seq: 2 });
  await runTimers();
  server.fails = false;
  await runTimers();
  assert.deepEqual(missed, [1, 2]);
});

test('two wishes to catch up are one', async () => {
  const { sync, server } = makeSync({ serverHas: 2 });
  await Promise.all([sync.catchUp(), sync.catchUp()]);
  assert.deepEqual(server.asked, ['after 0']);
});

test('reading without an answer says so', async () => {
  const { sync, log, server } = makeSync({ coveredTo: 71, lastSeq: 120, serverHas: 120 });
  server.fails = true;
  assert.equal(await sync.readBefore(71), false);
  assert.equal(log.startReached, false);
});

test('after no answer it asks for less, after quick ones for more again, and nothing is left out', async () => {
  const { sync, server, missed, runTimers } = makeSync({ serverHas: 130 });
  server.fails = true;
  sync.hearEnd({ room, last_seq: 130 });
  await runTimers();
  await runTimers();
  server.fails = false;
  await runTimers();
  assert.deepEqual(server.limits, [100, 50, 25, 50, 100]);
  assert.deepEqual(missed, seqs(entries(1, 130)));
});

test('what was not even asked says nothing of the link; an answer that took long does', async () => {
  const { sync, server } = makeSync({ coveredTo: 501, lastSeq: 600, serverHas: 600 });
  Object.assign(server, { fails: true, isAway: true });
  await sync.readBefore(501);
  Object.assign(server, { fails: false, takes: 12_000 });
  await sync.readBefore(501);
  await sync.readBefore(401);
  assert.deepEqual(server.limits, [100, 100, 50]);
});
