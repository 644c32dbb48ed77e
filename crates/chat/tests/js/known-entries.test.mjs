import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Spans } from '../../../../static/js/log/known-entries.js';

/** Returns the spans as a text. */
function drawn(spans) {
  const all = [];
  for (let span = spans.last; span !== null; span = spans.before(span)) all.unshift(`${span.from}-${span.to}`);
  return all.join(' ');
}

test('adjacent and overlapping spans are merged', () => {
  const spans = new Spans(10, 20);
  spans.add(30, 40);
  assert.equal(drawn(spans), '10-20 30-40');
  spans.add(21, 25);
  assert.equal(drawn(spans), '10-25 30-40');
  spans.add(24, 35);
  assert.equal(drawn(spans), '10-40');
  spans.add(12, 14);
  assert.equal(drawn(spans), '10-40');
  spans.add(1, 5);
  assert.equal(drawn(spans), '1-5 10-40');
});

test('an empty range adds nothing, and an empty span can grow', () => {
  const spans = new Spans(1, 0);
  spans.add(5, 4);
  assert.equal(drawn(spans), '1-0');
  spans.add(1, 3);
  assert.equal(drawn(spans), '1-3');
});

test('a span keeps its id while it grows', () => {
  const spans = new Spans(1, 5);
  spans.add(50, 60);
  const { id } = spans.last;
  spans.add(40, 49);
  assert.equal(spans.last.id, id);
  spans.add(61, 70);
  assert.equal(spans.last.id, id);
  spans.add(6, 10);
  assert.notEqual(spans.first.id, id);
  assert.equal(spans.last.id, id);
});

test('forgetting splits, shortens or removes spans', () => {
  const spans = new Spans(1, 10);
  spans.add(20, 30);
  spans.add(40, 50);
  spans.forget(5, 44);
  assert.equal(drawn(spans), '1-4 45-50');
  spans.forget(47, 48);
  assert.equal(drawn(spans), '1-4 45-46 49-50');
  assert.equal(new Set([spans.first.id, spans.holding(45).id, spans.last.id]).size, 3);
  assert.equal(spans.holding(47), null);
});
