import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Claims } from '../../../../static/js/writing/claims.js';
import { Draft } from '../../../../static/js/writing/draft.js';
import { Lanes } from '../../../../static/js/writing/lanes.js';
import { ada, makeStorage, makeWindow, room, settled } from './helpers.mjs';

/** A browser without Web Locks. Its pages hear each other at once, but for those that are frozen or gone. */
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
    page.claims = new Claims({ storage, channel, page: `page${pages.length}`, window, schedule });
    page.crash = () => (page.isAlive = false);
    page.close = () => {
      window.hear('pagehide');
      page.isAlive = false;
    };
    page.wait = async () => {
      await settled();
      page.timers.splice(0).forEach((action) => action());
      await settled();
    };
    /** Holds a name as long as the page lives. Resolves to whether it got it. */
    page.hold = (name) =>
      new Promise((resolve) => {
        page.claims.request(name, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock && new Promise(() => {});
        });
      });
    return page;
  };
  return { storage, openPage };
}

test('a name that another page holds is not to be had until that page goes', async () => {
  const { openPage } = makeBrowser();
  const [one, two] = [openPage(), openPage()];
  assert.equal(await one.hold('a'), true);
  assert.equal(await two.hold('a'), false);
  assert.equal(await one.hold('a'), false);
  assert.equal(await two.hold('b'), true);
  one.close();
  assert.equal(await two.hold('a'), true);
});

test('one that is asked for a moment is free again after it, also when that failed', async () => {
  const { storage, openPage } = makeBrowser();
  const [one, two] = [openPage(), openPage()];
  await assert.rejects(one.claims.request('a', {}, () => Promise.reject(new Error('no'))));
  assert.equal(storage.kept.size, 0);
  assert.equal(await two.hold('a'), true);
});

test('the claim of a page that crashed is no claim once nobody answers, and only one gets the name', async () => {
  const { openPage } = makeBrowser();
  const gone = openPage();
  await gone.hold('a');
  gone.crash();
  const [one, two] = [openPage(), openPage()];
  const got = [one.hold('a'), two.hold('a')];
  await one.wait();
  await two.wait();
  assert.deepEqual(await Promise.all(got), [true, false]);
});

test('what crashed pages have left is cleared away, what living ones hold is not', async () => {
  const { storage, openPage } = makeBrowser();
  const [gone, living] = [openPage(), openPage()];
  await gone.hold('a');
  await living.hold('b');
  gone.crash();
  await openPage().wait();
  assert.deepEqual([...storage.kept.keys()], ['natter.claim.b']);
});

test('a page that comes back from the browser’s memory has its names again', async () => {
  const { openPage } = makeBrowser();
  const [one, two] = [openPage(), openPage()];
  await one.hold('a');
  one.window.hear('pagehide');
  one.window.hear('pageshow');
  assert.equal(await two.hold('a'), false);
});

test('a second tab leaves what the first one has begun to it, and takes it over once that is gone', async () => {
  const { storage, openPage } = makeBrowser();
  let names = 0;
  const open = async () => {
    const { claims, close } = openPage();
    const newId = () => `lane${(names += 1)}`;
    const lanes = new Lanes({ user: ada.id, local: storage, session: makeStorage(), locks: claims, newId });
    await lanes.open();
    const draft = new Draft({ storage, user: ada.id, room, lanes });
    await draft.adopt();
    return { draft, close };
  };
  const first = await open();
  first.draft.keep('half a thought');
  const second = await open();
  assert.deepEqual([first, second].map(({ draft }) => draft.load()), ['half a thought', '']);
  first.close();
  assert.equal((await open()).draft.load(), 'half a thought');
});
