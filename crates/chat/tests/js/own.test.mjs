import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OwnMessages } from '../../../../static/js/log/own.js';

const item = (id, state = 'pending') => ({ id, state });
const ids = (own) => own.items.map(({ id }) => id);

test('what is sent again stands last, a failed one stays where it is', () => {
  const own = new OwnMessages();
  const first = item('a');
  assert.equal(own.show(first), 'sent');
  assert.equal(own.show(item('b')), 'sent');
  first.state = 'failed';
  assert.equal(own.show(first), 'failed');
  assert.deepEqual(ids(own), ['a', 'b']);
  first.state = 'pending';
  assert.equal(own.show(first), 'sent');
  assert.deepEqual(ids(own), ['b', 'a']);
});

test('a failure is news once, and none if it was there before', () => {
  const own = new OwnMessages();
  assert.equal(own.show(item('old', 'failed')), 'same');
  const fresh = item('a');
  own.show(fresh);
  fresh.state = 'failed';
  assert.equal(own.show(fresh), 'failed');
  assert.equal(own.show(fresh), 'same');
});

test('a change on the way moves nothing, and what is stored already is nothing to show', () => {
  const own = new OwnMessages();
  own.show(item('a'));
  own.show(item('b'));
  assert.equal(own.show({ ...item('a'), waiting: true }), 'same');
  assert.equal(own.show(item('c', 'stored')), 'same');
  assert.deepEqual(ids(own), ['a', 'b']);
  own.drop('a');
  assert.deepEqual(ids(own), ['b']);
  assert.equal(own.has('a'), false);
});

test('what was kept and goes out again was not just written; written anew it was', () => {
  const own = new OwnMessages();
  const restored = { ...item('a'), isRestored: true };
  assert.equal(own.show(restored), 'same');
  assert.deepEqual(ids(own), ['a']);
  restored.state = 'failed';
  own.show(restored);
  Object.assign(restored, { state: 'pending', isRestored: false });
  assert.equal(own.show(restored), 'sent');
});

test('one whose number the log has gone past is there no more', () => {
  const own = new OwnMessages();
  ['a', 'b', 'c'].forEach((id) => own.show(item(id)));
  own.number('a', 500);
  own.number('b', 501);
  own.number('nobody', 1);
  own.show(item('a', 'stored'));
  own.dropTo(499);
  assert.deepEqual(ids(own), ['a', 'b', 'c']);
  own.dropTo(500);
  assert.deepEqual(ids(own), ['b', 'c']);
});
