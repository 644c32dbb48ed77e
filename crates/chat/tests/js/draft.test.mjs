import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Draft } from '../../../../static/js/draft.js';
import { ada, grace, makeStorage, room } from './helpers.mjs';

const draftOf = (storage, { id }, where = room) => new Draft({ storage, user: id, room: where });

test('a draft survives the page, for its person and room only', () => {
  const storage = makeStorage();
  draftOf(storage, ada).keep(' begun\n');
  assert.equal(draftOf(storage, ada).load(), ' begun\n');
  assert.equal(draftOf(storage, grace).load(), '');
  assert.equal(draftOf(storage, ada, 'elsewhere').load(), '');
});

test('an emptied or cleared one leaves nothing behind', () => {
  const storage = makeStorage();
  const draft = draftOf(storage, ada);
  draft.keep('begun');
  draft.keep(' \n');
  assert.equal(storage.kept.size, 0);
  draft.keep('begun');
  draft.clear();
  assert.equal(storage.kept.size, 0);
});

test('junk and a full storage are no draft and no fault', () => {
  const storage = makeStorage(new Map([['natter.draft.u-ada.lobby', '{"a":1}']]));
  assert.equal(draftOf(storage, ada).load(), '');
  storage.isFull = true;
  draftOf(storage, ada).keep('begun');
});
