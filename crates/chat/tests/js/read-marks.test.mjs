import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ReadMarks } from '../../../../static/js/log/read-marks.js';
import { entry, promised, settled } from './helpers.mjs';
import { direct, lobby, makeList } from './make-list.mjs';

const upTo = (seq) => ({ seq, unread: 0, mentions: 0, last_seq: seq });

/** Marks of a connected page whose answers and delays the test controls. */
function makeMarks(...rooms) {
  const list = makeList(...(rooms.length > 0 ? rooms : [lobby({ last_seq: 20, unread: 10 }), direct()]));
  const sent = [];
  const timers = [];
  const request = (event, body) => {
    const answer = promised();
    sent.push({ event, ...body, ...answer });
    return answer.promise;
  };
  const schedule = (ms, action) => {
    const timer = { ms, action };
    timers.push(timer);
    return () => timers.splice(timers.indexOf(timer), 1);
  };
  const marks = new ReadMarks({ request, rooms: list, schedule });
  marks.connected();
  const wait = async () => {
    timers.splice(0).forEach(({ action }) => action());
    await settled();
  };
  const accept = async (at, changes = {}) => {
    const { seq, room, resolve } = sent.at(at);
    resolve({ ok: true, room, ...upTo(seq), ...changes });
    await settled();
  };
  return { marks, list, sent, timers, wait, accept };
}

const requests = (sent) => sent.map(({ event, room, seq }) => (event === 'read' ? `${room} ${seq}` : event));

test('what was seen is shown as read at once, and sent once a second at most', async () => {
  const { marks, list, sent, timers, wait, accept } = makeMarks();
  marks.moveTo('lobby', { ...upTo(12), unread: 8, last_seq: 20 });
  assert.deepEqual([list.get('lobby').unread, list.get('lobby').read_seq, requests(sent)], [8, 12, ['lobby 12']]);
  await accept(0, { unread: 8, last_seq: 20 });
  for (const seq of [13, 15, 20]) marks.moveTo('lobby', upTo(seq));
  await settled();
  assert.deepEqual([requests(sent), timers.map(({ ms }) => ms), list.get('lobby').unread], [['lobby 12'], [1_000], 0]);
  await wait();
  assert.deepEqual(requests(sent), ['lobby 12', 'lobby 20']);
});

test('the place never moves back by what is seen, but by what the user says', async () => {
  const { marks, list, sent, accept, wait } = makeMarks();
  marks.moveTo('lobby', upTo(10));
  marks.moveTo('lobby', upTo(3));
  assert.deepEqual(sent, []);
  marks.setTo('lobby', { seq: 3, unread: 9, mentions: 1, last_seq: 20 });
  assert.deepEqual([requests(sent), list.get('lobby').unread, list.get('lobby').mentions], [['lobby 3'], 9, 1]);
  await accept(0, { unread: 9, mentions: 1, last_seq: 20 });
  await wait();
  assert.equal(list.get('lobby').unread, 9);
});

test('only the answer to the newest place changes the counts', async () => {
  const { marks, list, sent, wait, accept } = makeMarks();
  marks.moveTo('lobby', { ...upTo(12), unread: 8 });
  marks.moveTo('lobby', upTo(20));
  await accept(0, { unread: 8, last_seq: 20 });
  assert.deepEqual([list.get('lobby').unread, marks.isPending('lobby')], [0, true]);
  await wait();
  list.receive([entry(21)]);
  await accept(1, { unread: 1, last_seq: 21 });
  assert.deepEqual([list.get('lobby').unread, marks.isPending('lobby'), requests(sent)], [1, false, ['lobby 12', 'lobby 20']]);
});

test('a place that was not sent is sent after the next connection, and not before', async () => {
  const { marks, sent, wait } = makeMarks();
  marks.moveTo('lobby', upTo(15));
  sent[0].reject(new Error('disconnected'));
  marks.disconnected();
  await settled();
  await wait();
  marks.moveTo('direct', upTo(12));
  assert.deepEqual(requests(sent), ['lobby 15']);
  marks.connected();
  assert.deepEqual(requests(sent), ['lobby 15', 'lobby 15']);
});

test('a temporary refusal is repeated after its delay, a final one is not', async () => {
  const { marks, sent, timers, wait } = makeMarks();
  marks.moveTo('lobby', upTo(15));
  sent[0].resolve({ ok: false, code: 'rate_limited', detail: 'later', retry_after_ms: 9_000 });
  await settled();
  assert.equal(timers[0].ms, 9_000);
  await wait();
  sent[1].resolve({ ok: false, code: 'unknown_room', detail: 'no' });
  await settled();
  await wait();
  assert.deepEqual([requests(sent), marks.isPending('lobby')], [['lobby 15', 'lobby 15'], false]);
});

test('a room is marked as read up to its last entry, and so are all of them', async () => {
  const { marks, list, sent, wait, accept } = makeMarks(
    lobby({ last_seq: 20, unread: 10, mentions: 2 }),
    direct({ last_seq: 14, unread: 4 }),
  );
  const marked = [];
  marks.watch((room) => marked.push(room));
  marks.markRead('lobby');
  assert.deepEqual([list.get('lobby').unread, list.get('lobby').mentions, requests(sent)], [0, 0, ['lobby 20']]);
  await accept(0);
  marks.markAllRead();
  assert.deepEqual([list.get('direct').unread, marks.isPending('direct'), marked], [0, true, ['lobby', null]]);
  await wait();
  sent[1].resolve({ ok: true });
  await settled();
  assert.deepEqual([requests(sent), marks.isPending('direct')], [['lobby 20', 'read all'], false]);
});

test('who only looks into a room sends nothing', () => {
  const { marks, sent } = makeMarks();
  marks.moveTo('elsewhere', upTo(5));
  marks.setTo('elsewhere', upTo(2));
  assert.deepEqual(sent, []);
});
