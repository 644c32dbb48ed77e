import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PendingMessages } from '../../../../static/js/log/pending-messages.js';
import { entry } from './helpers.mjs';

const item = (id, state = 'pending') => ({ id, state });
const ids = (pending) => pending.items.map(({ id }) => id);

test('a message that is sent again is the last one, a failed one stays in its place', () => {
  const pending = new PendingMessages();
  const first = item('a');
  assert.equal(pending.update(first), 'sent');
  assert.equal(pending.update(item('b')), 'sent');
  first.state = 'failed';
  assert.equal(pending.update(first), 'failed');
  assert.deepEqual(ids(pending), ['a', 'b']);
  first.state = 'pending';
  assert.equal(pending.update(first), 'sent');
  assert.deepEqual(ids(pending), ['b', 'a']);
});

test('a failure is reported once, and not if it was restored', () => {
  const pending = new PendingMessages();
  assert.equal(pending.update(item('old', 'failed')), 'same');
  const fresh = item('a');
  pending.update(fresh);
  fresh.state = 'failed';
  assert.equal(pending.update(fresh), 'failed');
  assert.equal(pending.update(fresh), 'same');
});

test('a change while pending moves nothing, and a message that is stored already is not added', () => {
  const pending = new PendingMessages();
  pending.update(item('a'));
  pending.update(item('b'));
  assert.equal(pending.update({ ...item('a'), waiting: true }), 'same');
  assert.equal(pending.update(item('c', 'stored')), 'same');
  assert.deepEqual(ids(pending), ['a', 'b']);
  pending.removeLogged(['a'], 0);
  assert.deepEqual(ids(pending), ['b']);
  assert.equal(pending.has('a'), false);
});

test('a restored message counts as sent only when the user sends it again', () => {
  const pending = new PendingMessages();
  const restored = { ...item('a'), isRestored: true };
  assert.equal(pending.update(restored), 'same');
  assert.deepEqual(ids(pending), ['a']);
  restored.state = 'failed';
  pending.update(restored);
  Object.assign(restored, { state: 'pending', isRestored: false });
  assert.equal(pending.update(restored), 'sent');
});

test('a stored message is removed when the log has reached its number', () => {
  const pending = new PendingMessages();
  ['a', 'b', 'c'].forEach((id) => pending.update(item(id)));
  pending.update({ ...item('a', 'stored'), entry: entry(500, { id: 'a' }) });
  pending.update({ ...item('b', 'stored'), entry: entry(501, { id: 'b' }) });
  pending.removeLogged([], 499);
  assert.deepEqual(ids(pending), ['a', 'b', 'c']);
  pending.removeLogged(['unknown'], 500);
  assert.deepEqual(ids(pending), ['b', 'c']);
});

test('a discarded message is removed', () => {
  const pending = new PendingMessages();
  pending.update(item('a', 'failed'));
  assert.equal(pending.update(item('a', 'discarded')), 'same');
  assert.deepEqual(ids(pending), []);
  assert.equal(pending.update(item('b', 'discarded')), 'same');
  assert.deepEqual(ids(pending), []);
});
