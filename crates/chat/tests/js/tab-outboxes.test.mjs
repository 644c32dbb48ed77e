import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TabOutboxes } from '../../../../static/js/compose/tab-outboxes.js';
import { ada, grace, makeStorage, room, settled } from './helpers.mjs';

/** The Web Locks of one browser. A page that is closed releases its own. */
function makeLocks() {
  const held = new Set();
  const page = () => {
    const own = new Set();
    return {
      leave: () => own.forEach((name) => held.delete(name)),
      async request(name, { ifAvailable }, granted) {
        assert.equal(ifAvailable, true);
        if (held.has(name)) return granted(null);
        held.add(name);
        own.add(name);
        await granted({ name });
        held.delete(name);
      },
    };
  };
  return { held, page };
}

const item = (id, changes = {}) => ({
  id,
  room,
  text: `text of ${id}`,
  writtenAt: new Date('2026-03-01T09:30:00Z'),
  state: 'pending',
  refusal: null,
  ...changes,
});
const ids = (items) => items.map(({ id }) => id);

/** A browser with tabs. Each tab has a `sessionStorage`, which a duplicated tab copies. */
function makeBrowser({ hasLocks = true } = {}) {
  const local = makeStorage();
  const locks = makeLocks();
  let names = 0;
  const openPage = async (user, session = makeStorage()) => {
    const pageLocks = hasLocks ? locks.page() : null;
    const newId = () => `tab${(names += 1)}`;
    const outboxes = new TabOutboxes({ user: user.id, local, session, locks: pageLocks, newId });
    await outboxes.open();
    const adopted = [];
    const adopt = async (isKept = true) => {
      const take = (items) => {
        adopted.push(...ids(items));
        return isKept && outboxes.store(items);
      };
      await outboxes.adopt(take);
      return adopted;
    };
    return { outboxes, session, adopt, close: () => pageLocks?.leave() };
  };
  return { local, openPage, duplicate: (session) => makeStorage(new Map(session.kept)) };
}

test('a reload finds the items of its tab, complete and in order', async () => {
  const { openPage } = makeBrowser();
  const page = await openPage(ada);
  const refusal = { code: 'invalid', detail: 'no' };
  page.outboxes.store([item('a', { state: 'failed', refusal }), item('b')]);
  page.close();
  const { outboxes } = await openPage(ada, page.session);
  assert.deepEqual(outboxes.load(), [item('a', { state: 'failed', refusal }), item('b')]);
});

test('of a refusal only strings are read', async () => {
  const { local, openPage } = makeBrowser();
  const { outboxes } = await openPage(ada);
  const found = [{ code: 7, detail: 'no' }, { detail: { a: 1 } }, [], 'no', 7, null].map((refusal, i) => {
    outboxes.store([item(`a${i}`, { state: 'failed', refusal })]);
    return outboxes.load()[0].refusal;
  });
  assert.equal(local.kept.size, 1);
  assert.deepEqual(found, [{ detail: 'no' }, null, null, null, null, null]);
});

test('an empty outbox is removed', async () => {
  const { local, openPage } = makeBrowser();
  const { outboxes } = await openPage(ada);
  outboxes.store([item('a')]);
  assert.equal(local.kept.size, 1);
  outboxes.store([]);
  assert.equal(local.kept.size, 0);
});

test('the outboxes of closed tabs are adopted, the oldest first, and those of open tabs are not', async () => {
  const { openPage } = makeBrowser();
  const [late, early, opened] = [await openPage(ada), await openPage(ada), await openPage(ada)];
  late.outboxes.store([item('late', { writtenAt: new Date('2026-03-01T12:00:00Z') })]);
  early.outboxes.store([item('early'), item('early2')]);
  opened.outboxes.store([item('opened')]);
  late.close();
  early.close();
  const { adopt } = await openPage(ada);
  assert.deepEqual(await adopt(), ['early', 'early2', 'late']);
  assert.deepEqual(ids(opened.outboxes.load()), ['opened']);
  const third = await openPage(ada);
  assert.deepEqual(await third.adopt(), []);
  opened.close();
  assert.deepEqual(await third.adopt(), ['opened']);
});

test('items that could not be moved stay where they were', async () => {
  const { openPage } = makeBrowser();
  const closed = await openPage(ada);
  closed.outboxes.store([item('a')]);
  closed.close();
  const { adopt } = await openPage(ada);
  assert.deepEqual(await adopt(false), ['a']);
  assert.deepEqual(ids(closed.outboxes.load()), ['a']);
});

test('a duplicated tab has an outbox of its own', async () => {
  const { openPage, duplicate } = makeBrowser();
  const page = await openPage(ada);
  page.outboxes.store([item('a')]);
  const copy = await openPage(ada, duplicate(page.session));
  assert.deepEqual(copy.outboxes.load(), []);
  copy.outboxes.store([item('b')]);
  assert.deepEqual(ids(page.outboxes.load()), ['a']);
});

test('logging out removes the outboxes of this tab and of closed ones, not those of open tabs or of other users', async () => {
  const { local, openPage } = makeBrowser();
  const [own, closed, opened] = [await openPage(ada), await openPage(ada), await openPage(ada)];
  const other = await openPage(grace);
  for (const [i, { outboxes }] of [own, closed, opened, other].entries()) outboxes.store([item(`a${i}`)]);
  closed.close();
  other.close();
  await own.outboxes.forget();
  assert.deepEqual([own, closed, opened, other].map(({ outboxes }) => ids(outboxes.load())), [[], [], ['a2'], ['a3']]);
  assert.equal(local.kept.size, 2);
});

test('everything is adopted before a log-out, also without locks', async () => {
  const { openPage } = makeBrowser({ hasLocks: false });
  const { outboxes, adopt } = await openPage(ada);
  await adopt();
  (await openPage(ada)).outboxes.store([item('late')]);
  assert.deepEqual(await adopt(), []);
  const gathered = [];
  await outboxes.adoptAll((items) => gathered.push(...ids(items)));
  assert.deepEqual(gathered, ['late']);
});

test('another user’s outboxes are not touched, even in the same tab', async () => {
  const { local, openPage } = makeBrowser();
  const page = await openPage(ada);
  page.outboxes.store([item('a')]);
  page.close();
  const { outboxes, adopt } = await openPage(grace, page.session);
  assert.deepEqual([outboxes.load(), await adopt()], [[], []]);
  outboxes.store([item('g')]);
  outboxes.store([]);
  assert.equal(local.kept.size, 1);
});

test('without locks each page creates an outbox and adopts all others, once', async () => {
  const { openPage, duplicate } = makeBrowser({ hasLocks: false });
  const page = await openPage(ada);
  page.outboxes.store([item('a')]);
  const copy = await openPage(ada, duplicate(page.session));
  assert.deepEqual(copy.outboxes.load(), []);
  assert.deepEqual(await copy.adopt(), ['a']);
  page.outboxes.store([item('a'), item('b')]);
  assert.deepEqual(await copy.adopt(), ['a']);
});

test('locks that do not work are ignored', async () => {
  const local = makeStorage();
  const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  const open = async (name) => {
    const outboxes = new TabOutboxes({ user: ada.id, local, session: makeStorage(), locks, newId: () => name });
    await outboxes.open();
    return outboxes;
  };
  (await open('one')).store([item('a')]);
  const adopted = [];
  await (await open('two')).adopt((items) => adopted.push(...ids(items)));
  assert.deepEqual(adopted, ['a']);
});

test('values that are not items are skipped', async () => {
  const { local, openPage } = makeBrowser();
  const page = await openPage(ada);
  page.outboxes.store([item('a')]);
  const [key] = local.kept.keys();
  const good = JSON.parse(local.kept.get(key))[0];
  const bad = [null, 7, 'x', {}, { ...good, id: '../x' }, { ...good, id: undefined }, { ...good, text: '' }];
  bad.push({ ...good, room: '../x' }, { ...good, room: 7 }, { ...good, room: null });
  bad.push({ ...good, text: 5 }, { ...good, writtenAt: 'never' }, { ...good, state: 'stored' });
  local.kept.set(key, JSON.stringify([...bad, { ...good, refusal: 'no' }]));
  assert.deepEqual(page.outboxes.load(), [item('a')]);
  for (const junk of ['{', '7', 'null', '{"length":3}', '"x"']) {
    local.kept.set(key, junk);
    assert.deepEqual(page.outboxes.load(), []);
  }
});

test('with a full storage storing returns false', async () => {
  const { local, openPage } = makeBrowser();
  const { outboxes } = await openPage(ada);
  local.isFull = true;
  assert.equal(outboxes.store([item('a')]), false);
  await settled();
  assert.deepEqual(outboxes.load(), []);
});

test('the outbox that a former release stored is read, and its items are the lobby’s', async () => {
  const local = makeStorage();
  const session = makeStorage();
  session.setItem('natter.lane', '"0123456789abcdef"');
  const stored = [
    { id: 'f1', text: 'failed', writtenAt: '2026-03-01T09:30:00.000Z', state: 'failed', refusal: { code: 'invalid' } },
    { id: 'p1', text: 'pending', writtenAt: '2026-03-01T09:31:00.000Z', state: 'pending', refusal: null },
  ];
  local.setItem('natter.outbox.u-ada.0123456789abcdef', JSON.stringify(stored));
  local.setItem('natter.outbox.u-ada.closed', JSON.stringify([{ ...stored[1], id: 'p2' }]));
  const locks = makeLocks().page();
  const outboxes = new TabOutboxes({ user: ada.id, local, session, locks, newId: () => assert.fail('a new outbox') });
  await outboxes.open();
  const own = outboxes.load();
  assert.deepEqual(own.map(({ id, room, text, state }) => [id, room, text, state]), [
    ['f1', 'lobby', 'failed', 'failed'],
    ['p1', 'lobby', 'pending', 'pending'],
  ]);
  const adopted = [];
  await outboxes.adopt((items) => adopted.push(...items));
  assert.deepEqual(adopted.map(({ id, room }) => [id, room]), [['p2', 'lobby']]);
});

test('each item keeps its room', async () => {
  const { openPage } = makeBrowser();
  const { outboxes } = await openPage(ada);
  const items = [item('a'), item('b', { room: '0197b1c2-0000-7000-8000-000000000001' })];
  outboxes.store(items);
  assert.deepEqual(outboxes.load(), items);
});
