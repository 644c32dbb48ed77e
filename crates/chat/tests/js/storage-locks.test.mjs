import assert from 'node:assert/strict';
import { test } from 'node:test';

import { StorageLocks } from '../../../../static/js/compose/storage-locks.js';
import { Draft } from '../../../../static/js/compose/draft.js';
import { TabOutboxes } from '../../../../static/js/compose/tab-outboxes.js';
import { ada, makeStorage, makeWindow, room, settled } from './helpers.mjs';

/** A browser without Web Locks. Its pages receive messages at once, unless they crashed. */
function makeBrowser() {
  const storage = makeStorage();
  const pages = [];
  const openPage = () => {
    const page = { isAlive: true, window: makeWindow(), timers: [] };
    page.channel = {
      postMessage: (data) =>
        pages.filter((other) => other !== page && other.isAlive).forEach(({ channel }) => channel.onmessage({ data })),
    };
    pages.push(page);
    const schedule = (_ms, action) => page.timers.push(action);
    const { window, channel } = page;
    page.locks = new StorageLocks({ storage, channel, page: `page${pages.length}`, window, schedule });
    page.crash = () => (page.isAlive = false);
    page.close = () => {
      window.dispatch('pagehide');
      page.isAlive = false;
    };
    page.wait = async () => {
      await settled();
      page.timers.splice(0).forEach((action) => action());
      await settled();
    };
    /** Locks a name for as long as the page exists. Resolves to whether that worked. */
    page.hold = (name) =>
      new Promise((resolve) => {
        page.locks.request(name, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock && new Promise(() => {});
        });
      });
    return page;
  };
  return { storage, openPage };
}

test('a lock of another page is free when that page is closed', async () => {
  const { openPage } = makeBrowser();
  const [one, two] = [openPage(), openPage()];
  assert.equal(await one.hold('a'), true);
  assert.equal(await two.hold('a'), false);
  assert.equal(await one.hold('a'), false);
  assert.equal(await two.hold('b'), true);
  one.close();
  assert.equal(await two.hold('a'), true);
});

test('a lock is released when its promise settles, also by rejection', async () => {
  const { storage, openPage } = makeBrowser();
  const [one, two] = [openPage(), openPage()];
  await assert.rejects(one.locks.request('a', {}, () => Promise.reject(new Error('no'))));
  assert.equal(storage.kept.size, 0);
  assert.equal(await two.hold('a'), true);
});

test('a lock of a crashed page is free, and only one page gets it', async () => {
  const { openPage } = makeBrowser();
  const crashed = openPage();
  await crashed.hold('a');
  crashed.crash();
  const [one, two] = [openPage(), openPage()];
  const got = [one.hold('a'), two.hold('a')];
  await one.wait();
  await two.wait();
  assert.deepEqual(await Promise.all(got), [true, false]);
});

test('the claims of crashed pages are removed, those of others are not', async () => {
  const { storage, openPage } = makeBrowser();
  const [crashed, opened] = [openPage(), openPage()];
  await crashed.hold('a');
  await opened.hold('b');
  crashed.crash();
  await openPage().wait();
  assert.deepEqual([...storage.kept.keys()], ['natter.claim.b']);
});

test('a page that returns from the browser’s cache has its locks again', async () => {
  const { openPage } = makeBrowser();
  const [one, two] = [openPage(), openPage()];
  await one.hold('a');
  one.window.dispatch('pagehide');
  one.window.dispatch('pageshow');
  assert.equal(await two.hold('a'), false);
});

test('a second tab adopts the draft of the first one only when that is closed', async () => {
  const { storage, openPage } = makeBrowser();
  let names = 0;
  const open = async () => {
    const { locks, close } = openPage();
    const newId = () => `tab${(names += 1)}`;
    const outboxes = new TabOutboxes({ user: ada.id, local: storage, session: makeStorage(), locks, newId });
    await outboxes.open();
    const draft = new Draft({ storage, user: ada.id, room, outboxes });
    await draft.adopt();
    return { draft, close };
  };
  const first = await open();
  first.draft.store('half a thought');
  const second = await open();
  assert.deepEqual([first, second].map(({ draft }) => draft.load()), ['half a thought', '']);
  first.close();
  assert.equal((await open()).draft.load(), 'half a thought');
});
