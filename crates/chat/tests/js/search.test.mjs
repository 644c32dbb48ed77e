import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Search } from '../../../../static/js/rooms/search.js';
import { promised, settled } from './helpers.mjs';
import { makeTimers } from './make-rooms.mjs';

/** A search whose answers and timers the test controls. */
function makeSearch() {
  const asked = [];
  const shown = [];
  const { timers, schedule, run } = makeTimers();
  const search = new Search({
    ask: (query) => {
      const answer = promised();
      asked.push({ query, ...answer });
      return answer.promise;
    },
    show: (found) => shown.push(found),
    schedule,
  });
  return { search, asked, shown, timers, run };
}

test('it asks once after a pause in typing', () => {
  const { search, asked, timers, run } = makeSearch();
  for (const text of ['c', 'co', ' com ']) search.typed(text);
  assert.deepEqual([asked.length, timers.length], [0, 1]);
  run();
  assert.deepEqual(asked.map(({ query }) => query), [{ find: 'com', after: undefined }]);
});

test('an answer to an older question is dropped', async () => {
  const { search, asked, shown } = makeSearch();
  search.start('a');
  search.start('ab');
  asked[1].resolve({ items: ['new'] });
  asked[0].resolve({ items: ['old'] });
  await settled();
  assert.deepEqual(shown.map(({ items }) => items), [['new']]);
});

test('the next page is asked for from where the first one ended', async () => {
  const { search, asked, shown } = makeSearch();
  search.start('a');
  asked[0].resolve({ items: [1], next: 'x' });
  await settled();
  search.more();
  asked[1].resolve({ items: [2], next: null });
  await settled();
  assert.deepEqual(asked[1].query, { find: 'a', after: 'x' });
  assert.deepEqual(shown.map(({ isMore }) => isMore), [false, true]);
  assert.equal(search.more(), undefined);
});

test('what is on its way is dropped when the search is stopped, and a problem is shown', async () => {
  const { search, asked, shown, timers } = makeSearch();
  search.start('');
  search.typed('later');
  search.stop();
  asked[0].resolve({ items: [1] });
  await settled();
  assert.deepEqual([shown, timers], [[], []]);
  search.start('');
  assert.equal(asked[1].query.find, undefined);
  asked[1].resolve({ problem: 'no answer' });
  await settled();
  assert.equal(shown[0].problem, 'no answer');
});
