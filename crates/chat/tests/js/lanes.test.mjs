import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Lanes } from '../../../../static/js/writing/lanes.js';
import { ada, grace, makeStorage, settled } from './helpers.mjs';

/** Web Locks of one browser. A page that goes lets go of its own. */
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
  text: `text of ${id}`,
  writtenAt: new Date('2026-03-01T09:30:00Z'),
  state: 'pending',
  refusal: null,
  ...changes,
});
const ids = (items) => items.map(({ id }) => id);

/** A browser with tabs; each tab has its `sessionStorage`, which a duplicate copies. */
function makeBrowser({ hasLocks = true } = {}) {
  const local = makeStorage();
  const locks = makeLocks();
  let names = 0;
  const openPage = async (user, session = makeStorage()) => {
    const pageLocks = hasLocks ? locks.page() : null;
    const newId = () => `lane${(names += 1)}`;
    const lanes = new Lanes({ user: user.id, local, session, locks: pageLocks, newId });
    await lanes.open();
    const adopted = [];
    const adopt = async (isKept = true) => {
      const take = (items) => {
        adopted.push(...ids(items));
        return isKept && lanes.keep(items);
      };
      await lanes.adopt(take);
      return adopted;
    };
    return { lanes, session, adopt, close: () => pageLocks?.leave() };
  };
  return { local, openPage, duplicate: (session) => makeStorage(new Map(session.kept)) };
}

test('a reload finds what its tab kept, whole and in order', async () => {
  const { openPage } = makeBrowser();
  const page = await openPage(ada);
  const refusal = { code: 'invalid', detail: 'no' };
  page.lanes.keep([item('a', { state: 'failed', refusal }), item('b')]);
  page.close();
  const { lanes } = await openPage(ada, page.session);
  assert.deepEqual(lanes.load(), [item('a', { state: 'failed', refusal }), item('b')]);
});

test('of a refusal only words are kept, whatever stands there', async () => {
  const { local, openPage } = makeBrowser();
  const { lanes } = await openPage(ada);
  const found = [{ code: 7, detail: 'no' }, { detail: { a: 1 } }, [], 'no', 7, null].map((refusal, i) => {
    lanes.keep([item(`a${i}`, { state: 'failed', refusal })]);
    return lanes.load()[0].refusal;
  });
  assert.equal(local.kept.size, 1);
  assert.deepEqual(found, [{ detail: 'no' }, null, null, null, null, null]);
});

test('an empty lane leaves nothing behind', async () => {
  const { local, openPage } = makeBrowser();
  const { lanes } = await openPage(ada);
  lanes.keep([item('a')]);
  assert.equal(local.kept.size, 1);
  lanes.keep([]);
  assert.equal(local.kept.size, 0);
});

test('the lanes of closed tabs are adopted, the oldest first, and those of living tabs are not', async () => {
  const { openPage } = makeBrowser();
  const [late, early, living] = [await openPage(ada), await openPage(ada), await openPage(ada)];
  late.lanes.keep([item('late', { writtenAt: new Date('2026-03-01T12:00:00Z') })]);
  early.lanes.keep([item('early'), item('early2')]);
  living.lanes.keep([item('living')]);
  late.close();
  early.close();
  const { adopt } = await openPage(ada);
  assert.deepEqual(await adopt(), ['early', 'early2', 'late']);
  assert.deepEqual(ids(living.lanes.load()), ['living']);
  const third = await openPage(ada);
  assert.deepEqual(await third.adopt(), []);
  living.close();
  assert.deepEqual(await third.adopt(), ['living']);
});

test('what could not be moved stays where it was', async () => {
  const { openPage } = makeBrowser();
  const closed = await openPage(ada);
  closed.lanes.keep([item('a')]);
  closed.close();
  const { adopt } = await openPage(ada);
  assert.deepEqual(await adopt(false), ['a']);
  assert.deepEqual(ids(closed.lanes.load()), ['a']);
});

test('a duplicated tab takes a lane of its own', async () => {
  const { openPage, duplicate } = makeBrowser();
  const page = await openPage(ada);
  page.lanes.keep([item('a')]);
  const copy = await openPage(ada, duplicate(page.session));
  assert.deepEqual(copy.lanes.load(), []);
  copy.lanes.keep([item('b')]);
  assert.deepEqual(ids(page.lanes.load()), ['a']);
});

test('who leaves forgets his own and the orphaned lanes, not a living tab’s nor another person’s', async () => {
  const { local, openPage } = makeBrowser();
  const [own, closed, living] = [await openPage(ada), await openPage(ada), await openPage(ada)];
  const other = await openPage(grace);
  for (const [i, { lanes }] of [own, closed, living, other].entries()) lanes.keep([item(`a${i}`)]);
  closed.close();
  other.close();
  await own.lanes.forget();
  assert.deepEqual([own, closed, living, other].map(({ lanes }) => ids(lanes.load())), [[], [], ['a2'], ['a3']]);
  assert.equal(local.kept.size, 2);
});

test('a last time everything is gathered, also without locks', async () => {
  const { openPage } = makeBrowser({ hasLocks: false });
  const { lanes, adopt } = await openPage(ada);
  await adopt();
  (await openPage(ada)).lanes.keep([item('late')]);
  assert.deepEqual(await adopt(), []);
  const gathered = [];
  await lanes.gather((items) => gathered.push(...ids(items)));
  assert.deepEqual(gathered, ['late']);
});

test('another person’s lanes are never touched, in the same tab neither', async () => {
  const { local, openPage } = makeBrowser();
  const page = await openPage(ada);
  page.lanes.keep([item('a')]);
  page.close();
  const { lanes, adopt } = await openPage(grace, page.session);
  assert.deepEqual([lanes.load(), await adopt()], [[], []]);
  lanes.keep([item('g')]);
  lanes.keep([]);
  assert.equal(local.kept.size, 1);
});

test('without locks each page begins a lane and adopts all others, once', async () => {
  const { openPage, duplicate } = makeBrowser({ hasLocks: false });
  const page = await openPage(ada);
  page.lanes.keep([item('a')]);
  const copy = await openPage(ada, duplicate(page.session));
  assert.deepEqual(copy.lanes.load(), []);
  assert.deepEqual(await copy.adopt(), ['a']);
  page.lanes.keep([item('a'), item('b')]);
  assert.deepEqual(await copy.adopt(), ['a']);
});

test('locks that do not work are as good as none', async () => {
  const local = makeStorage();
  const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  const open = async (name) => {
    const lanes = new Lanes({ user: ada.id, local, session: makeStorage(), locks, newId: () => name });
    await lanes.open();
    return lanes;
  };
  (await open('one')).keep([item('a')]);
  const adopted = [];
  await (await open('two')).adopt((items) => adopted.push(...ids(items)));
  assert.deepEqual(adopted, ['a']);
});

test('what is no item is left out, whatever stands there', async () => {
  const { local, openPage } = makeBrowser();
  const page = await openPage(ada);
  page.lanes.keep([item('a')]);
  const [key] = local.kept.keys();
  const good = JSON.parse(local.kept.get(key))[0];
  const bad = [null, 7, 'x', {}, { ...good, id: '../x' }, { ...good, id: undefined }, { ...good, text: '' }];
  bad.push({ ...good, text: 5 }, { ...good, writtenAt: 'never' }, { ...good, state: 'stored' });
  local.kept.set(key, JSON.stringify([...bad, { ...good, refusal: 'no' }]));
  assert.deepEqual(page.lanes.load(), [item('a')]);
  for (const junk of ['{', '7', 'null', '{"length":3}', '"x"']) {
    local.kept.set(key, junk);
    assert.deepEqual(page.lanes.load(), []);
  }
});

test('a storage that is full or forbidden says that nothing was kept', async () => {
  const { local, openPage } = makeBrowser();
  const { lanes } = await openPage(ada);
  local.isFull = true;
  assert.equal(lanes.keep([item('a')]), false);
  await settled();
  assert.deepEqual(lanes.load(), []);
});
