import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RoomLog } from '../../../../static/js/log.js';
import { Sync } from '../../../../static/js/sync.js';
import { entries, entry, room, seqs, settled } from './helpers.mjs';

/** A sync over a server whose log has so many entries; its timers run when the test says so. */
function makeSync({ lastSeq = 0, coveredTo = 1, serverHas = 0 } = {}) {
  const server = { log: entries(1, serverHas), fails: false, asked: [] };
  const shown = [];
  const olderShown = [];
  const timers = [];
  const request = async (event, { after, before, limit }) => {
    server.asked.push(after === undefined ? `before ${before}` : `after ${after}`);
    if (server.fails) throw new Error('not connected');
    const end = server.log.length;
    if (after !== undefined) {
      const covered = Math.min(after + limit, end);
      return { ok: true, messages: server.log.slice(after, covered), covered_to: covered, last_seq: end };
    }
    const from = Math.max(before - 1 - limit, 0);
    return { ok: true, messages: server.log.slice(from, before - 1), covered_to: from + 1, last_seq: end };
  };
  const sync = new Sync({
    log: new RoomLog({ room, coveredTo, lastSeq }),
    room,
    request,
    show: (list) => shown.push(...seqs(list)),
    showOlder: (list) => olderShown.unshift(...seqs(list)),
    schedule: (ms, action) => timers.push(action),
  });
  const runTimers = async () => {
    timers.splice(0).forEach((action) => action());
    await settled();
  };
  return { sync, server, shown, olderShown, timers, runTimers };
}

test('after an absence it reads page after page to the end', async () => {
  const { sync, server, shown } = makeSync({ lastSeq: 10, serverHas: 260 });
  await sync.catchUp();
  assert.deepEqual(server.asked, ['after 10', 'after 110', 'after 210']);
  assert.deepEqual(shown, seqs(entries(11, 260)));
});

test('an entry that came before another is not asked for at once', async () => {
  const { sync, server, shown, runTimers } = makeSync({ serverHas: 2 });
  sync.hear([entry(2)]);
  sync.hear([entry(1)]);
  await runTimers();
  assert.deepEqual(server.asked, []);
  assert.deepEqual(shown, [1, 2]);
});

test('a gap that stays is asked for', async () => {
  const { sync, server, shown, runTimers } = makeSync({ serverHas: 3 });
  sync.hear([entry(3)]);
  await runTimers();
  assert.deepEqual(server.asked, ['after 0']);
  assert.deepEqual(shown, [1, 2, 3]);
});

test('a tip beyond what came is asked for', async () => {
  const { sync, shown, runTimers } = makeSync({ serverHas: 2 });
  sync.hearEnd({ room, last_seq: 2 });
  await runTimers();
  assert.deepEqual(shown, [1, 2]);
});

test('when the server does not answer it tries again', async () => {
  const { sync, server, shown, runTimers } = makeSync({ serverHas: 2 });
  server.fails = true;
  sync.hearEnd({ room, last_seq: 2 });
  await runTimers();
  server.fails = false;
  await runTimers();
  assert.deepEqual(shown, [1, 2]);
});

test('two wishes to catch up are one', async () => {
  const { sync, server } = makeSync({ serverHas: 2 });
  await Promise.all([sync.catchUp(), sync.catchUp()]);
  assert.deepEqual(server.asked, ['after 0']);
});

test('reading back stops at the start', async () => {
  const { sync, olderShown } = makeSync({ coveredTo: 71, lastSeq: 120, serverHas: 120 });
  assert.equal(await sync.readBack(), true);
  assert.equal(sync.startReached, false);
  assert.equal(await sync.readBack(), true);
  assert.equal(sync.startReached, true);
  assert.deepEqual(olderShown, seqs(entries(1, 70)));
});

test('reading back without an answer says so', async () => {
  const { sync, server } = makeSync({ coveredTo: 71, lastSeq: 120, serverHas: 120 });
  server.fails = true;
  assert.equal(await sync.readBack(), false);
  assert.equal(sync.startReached, false);
});
