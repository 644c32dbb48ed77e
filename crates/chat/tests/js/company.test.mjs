import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Company } from '../../../../static/js/people/company.js';
import { MAX_NAMED } from '../../../../static/js/people/presence.js';
import { ada, entry, grace, makeDocument, room, settled } from './helpers.mjs';

const here = (person) => ({ ...person, away: false });

/** A company whose server is the test's. */
function makeCompany({ answer = () => ({ ok: true, people: [here(ada)], typing: [], count: 1 }) } = {}) {
  const asked = [];
  const shown = [];
  const typing = [];
  const live = [];
  const met = [];
  const ownName = [];
  const timers = [];
  const document = makeDocument();
  const company = new Company({
    request: async (event, body) => {
      asked.push(`${event} ${JSON.stringify(body)}`);
      return answer(asked.length);
    },
    room,
    me: ada.id,
    people: {
      show: ({ here: people, isLive }) => {
        shown.push(people.map(({ display_name: name }) => name));
        live.push(isLive);
      },
    },
    names: { note: (people) => met.push(...people.map(({ id }) => id)) },
    ownName: { note: (people) => ownName.push(...people.filter(({ id }) => id === ada.id)) },
    typing: { show: (people) => typing.push(people.map(({ display_name: name }) => name)) },
    document,
    schedule: (ms, action) => timers.push({ ms, action }),
  });
  return { company, asked, shown, typing, live, met, ownName, timers, document };
}

const WATCH_HERE = 'watch {"room":"lobby","away":false}';

test('each connection watches, and shows who is there', async () => {
  const { company, asked, shown, met } = makeCompany();
  await company.connected();
  assert.deepEqual([asked, shown, met], [[WATCH_HERE], [['Ada']], [ada.id]]);
  company.disconnected();
  await company.connected();
  assert.deepEqual(asked, [WATCH_HERE, WATCH_HERE]);
  assert.deepEqual(shown.at(-1), ['Ada']);
});

test('without a connection the people stay as they were last seen, until the answer to the next watch', async () => {
  const { company, shown, live } = makeCompany();
  company.disconnected();
  assert.deepEqual(shown, []);
  await company.connected();
  company.disconnected();
  company.hear({ room, count: 2, joined: [here(grace)], left: [] });
  assert.deepEqual(live, [true, false, false]);
  await company.connected();
  assert.deepEqual([shown.at(-1), live.at(-1)], [['Ada'], true]);
});

test('news before the first answer wait for it', async () => {
  const { company, shown } = makeCompany();
  company.hear({ room, count: 9, joined: [here(grace)], left: [] });
  assert.deepEqual(shown, []);
});

test('a list that does not agree with its number is asked for again, once', async () => {
  const { company, asked, timers } = makeCompany();
  await company.connected();
  company.hear({ room, count: 7, joined: [here(grace)], left: [] });
  company.hear({ room, count: 8, joined: [], left: [] });
  assert.equal(timers.length, 1);
  await timers[0].action();
  assert.equal(asked.length, 2);
  company.hear({ room, count: 2, joined: [here(grace)], left: [] });
  assert.equal(timers.length, 1);
});

test('a watch that may be asked again is, not before its time; one refused for good is not', async () => {
  const { company, asked, timers } = makeCompany({
    answer: (n) => ({ ok: false, code: 'overloaded', ...(n === 1 && { retry_after_ms: 60_000 }) }),
  });
  await company.connected();
  assert.equal(timers[0].ms, 60_000);
  await timers[0].action();
  assert.deepEqual([asked.length, timers.length], [2, 1]);
});

test('a watch without an answer is asked again while connected', async () => {
  const { company, asked, timers } = makeCompany({
    answer: () => {
      throw new Error('timeout');
    },
  });
  await company.connected();
  company.disconnected();
  await timers[0].action();
  assert.equal(asked.length, 1);
});

test('typing is told while connected only, and nobody types any more when the connection is gone', async () => {
  const { company, asked, typing } = makeCompany();
  company.edited('h');
  assert.deepEqual(asked, []);
  await company.connected();
  company.edited('hi');
  await settled();
  assert.equal(asked[1], 'typing {"room":"lobby"}');
  company.hearTyping({ room, users: [here(grace), here(ada)] });
  assert.deepEqual(typing.at(-1), ['Grace']);
  company.disconnected();
  assert.deepEqual(typing.at(-1), []);
});

test('whoever went away is still away after a reconnect, and says so on coming back', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { company, asked, document } = makeCompany();
  await company.connected();
  document.turn(true);
  t.mock.timers.tick(300_000);
  await company.connected();
  document.turn(false);
  const away = 'watch {"room":"lobby","away":true}';
  assert.deepEqual(asked, [WATCH_HERE, away, away, WATCH_HERE]);
});

test('whose message came types no more, whoever else goes on', async () => {
  const { company, typing } = makeCompany();
  await company.connected();
  const ken = { id: 'u-ken', username: 'ken', display_name: 'Ken' };
  company.hearTyping({ room, users: [here(grace), here(ken)] });
  company.heardFrom([entry(1, { sender: null }), entry(2)]);
  company.heardFrom([entry(3)]);
  assert.deepEqual(typing, [[], ['Grace', 'Ken'], ['Ken']]);
});

test('what one is called is told at each connection and at each change, also in a crowd', async () => {
  const crowd = Array.from({ length: MAX_NAMED }, (_, i) => ({ ...here(grace), id: `u${i}`, display_name: ` ${i}` }));
  const answer = () => ({ ok: true, people: crowd, typing: [], count: crowd.length });
  const { company, ownName } = makeCompany({ answer });
  await company.connected();
  assert.deepEqual(ownName, []);
  company.hear({ room, count: 201, joined: [{ ...here(ada), display_name: 'Zoe' }], left: [] });
  assert.deepEqual(ownName.map(({ display_name: name }) => name), ['Zoe']);
  const usual = makeCompany();
  await usual.company.connected();
  assert.deepEqual(usual.ownName, [here(ada)]);
});
