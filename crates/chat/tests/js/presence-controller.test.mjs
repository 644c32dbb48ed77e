import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PresenceController } from '../../../../static/js/people/presence-controller.js';
import { MAX_NAMED } from '../../../../static/js/people/presence.js';
import { ada, entry, grace, makeDocument, room, settled } from './helpers.mjs';

const here = (person) => ({ ...person, away: false });

/** A controller with a server, views and timers that record their calls. */
function makeController({ answer = () => ({ ok: true, people: [here(ada)], typing: [], count: 1 }) } = {}) {
  const requests = [];
  const shown = [];
  const typing = [];
  const live = [];
  const met = [];
  const ownName = [];
  const timers = [];
  const document = makeDocument();
  const controller = new PresenceController({
    request: async (event, body) => {
      requests.push(`${event} ${JSON.stringify(body)}`);
      return answer(requests.length);
    },
    room,
    me: ada.id,
    people: {
      show: ({ here: people, isLive }) => {
        shown.push(people.map(({ display_name: name }) => name));
        live.push(isLive);
      },
    },
    names: { add: (people) => met.push(...people.map(({ id }) => id)) },
    ownName: { update: (people) => ownName.push(...people.filter(({ id }) => id === ada.id)) },
    typing: { show: (people) => typing.push(people.map(({ display_name: name }) => name)) },
    document,
    schedule: (ms, action) => {
      const timer = { ms, action };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
  });
  return { controller, requests, shown, typing, live, met, ownName, timers, document };
}

const WATCH_HERE = 'watch {"room":"lobby","away":false}';

test('each connection subscribes, and shows who is here', async () => {
  const { controller, requests, shown, met } = makeController();
  await controller.connected();
  assert.deepEqual([requests, shown, met], [[WATCH_HERE], [['Ada']], [ada.id]]);
  controller.disconnected();
  await controller.connected();
  assert.deepEqual(requests, [WATCH_HERE, WATCH_HERE]);
  assert.deepEqual(shown.at(-1), ['Ada']);
});

test('without a connection the last known people are shown, until the next answer', async () => {
  const { controller, shown, live } = makeController();
  controller.disconnected();
  assert.deepEqual(shown, []);
  await controller.connected();
  controller.disconnected();
  controller.changed({ count: 2, joined: [here(grace)], left: [] });
  assert.deepEqual(live, [true, false, false]);
  await controller.connected();
  assert.deepEqual([shown.at(-1), live.at(-1)], [['Ada'], true]);
});

test('changes before the first answer are ignored', async () => {
  const { controller, shown } = makeController();
  controller.changed({ count: 9, joined: [here(grace)], left: [] });
  assert.deepEqual(shown, []);
});

test('an inconsistent list is requested again, once', async () => {
  const { controller, requests, timers } = makeController();
  await controller.connected();
  controller.changed({ count: 7, joined: [here(grace)], left: [] });
  controller.changed({ count: 8, joined: [], left: [] });
  assert.equal(timers.length, 1);
  await timers[0].action();
  assert.equal(requests.length, 2);
  controller.changed({ count: 2, joined: [here(grace)], left: [] });
  assert.equal(timers.length, 1);
});

test('a refused request is repeated after the server’s delay, and not at all without one', async () => {
  const { controller, requests, timers } = makeController({
    answer: (n) => ({ ok: false, code: 'overloaded', ...(n === 1 && { retry_after_ms: 60_000 }) }),
  });
  await controller.connected();
  assert.equal(timers[0].ms, 60_000);
  await timers[0].action();
  assert.deepEqual([requests.length, timers.length], [2, 1]);
});

test('a request without an answer is repeated while connected', async () => {
  const { controller, requests, timers } = makeController({
    answer: () => {
      throw new Error('timeout');
    },
  });
  await controller.connected();
  controller.disconnected();
  await timers[0].action();
  assert.equal(requests.length, 1);
});

test('typing is sent only while connected, and nobody is shown as typing without a connection', async () => {
  const { controller, requests, typing } = makeController();
  controller.edited('h');
  assert.deepEqual(requests, []);
  await controller.connected();
  controller.edited('hi');
  await settled();
  assert.equal(requests[1], 'typing {"room":"lobby"}');
  controller.typingChanged({ users: [here(grace), here(ada)] });
  assert.deepEqual(typing.at(-1), ['Grace']);
  controller.disconnected();
  assert.deepEqual(typing.at(-1), []);
});

test('a user who is away is still away after a reconnection, until the page is visible', async () => {
  const { controller, requests, document, timers } = makeController();
  await controller.connected();
  document.turn(true);
  timers.find(({ ms }) => ms === 300_000).action();
  await controller.connected();
  document.turn(false);
  const away = 'watch {"room":"lobby","away":true}';
  assert.deepEqual(requests, [WATCH_HERE, away, away, WATCH_HERE]);
});

test('the sender of a new message is no longer typing, but others are', async () => {
  const { controller, typing } = makeController();
  await controller.connected();
  const ken = { id: 'u-ken', username: 'ken', display_name: 'Ken' };
  controller.typingChanged({ users: [here(grace), here(ken)] });
  controller.messagesArrived([entry(1, { sender: null }), entry(2)]);
  controller.messagesArrived([entry(3)]);
  assert.deepEqual(typing, [[], ['Grace', 'Ken'], ['Ken']]);
});

test('the reader’s own name is updated with each connection and change, also in a large room', async () => {
  const manyPeople = Array.from({ length: MAX_NAMED }, (_, i) => ({ ...here(grace), id: `u${i}`, display_name: ` ${i}` }));
  const answer = () => ({ ok: true, people: manyPeople, typing: [], count: manyPeople.length });
  const { controller, ownName } = makeController({ answer });
  await controller.connected();
  assert.deepEqual(ownName, []);
  controller.changed({ count: 201, joined: [{ ...here(ada), display_name: 'Zoe' }], left: [] });
  assert.deepEqual(ownName.map(({ display_name: name }) => name), ['Zoe']);
  const usual = makeController();
  await usual.controller.connected();
  assert.deepEqual(usual.ownName, [here(ada)]);
});
