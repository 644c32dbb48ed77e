import assert from 'node:assert/strict';
import { test } from 'node:test';

import { scrollTarget } from '../../../../static/js/log/scroll-pane.js';

const press = (key, held = {}) =>
  scrollTarget({ key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...held }, 800);

test('scrolling keys have their distances, the space bar in both directions', () => {
  assert.deepEqual(['Home', 'End'].map((key) => press(key)), ['start', 'end']);
  assert.deepEqual(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown'].map((key) => press(key)), [-40, 40, -700, 700]);
  assert.deepEqual([press(' '), press(' ', { shiftKey: true })], [700, -700]);
});

test('other keys are left to the browser', () => {
  const others = [press('a'), press('Tab'), press('ArrowUp', { altKey: true }), press('PageUp', { ctrlKey: true })];
  assert.deepEqual(others, [null, null, null, null]);
  assert.equal(press('End', { shiftKey: true }), null);
  assert.equal(press('Home', { metaKey: true }), null);
  assert.equal(press('Home', { ctrlKey: true }), 'start');
});
