import assert from 'node:assert/strict';
import { test } from 'node:test';

import { StrayKeys } from '../../../../static/js/compose/stray-keys.js';

/** A page with key presses; `within` is the selector of the element that has the focus. */
function makePage({ selected = '' } = {}) {
  const listeners = {};
  const page = { selected, taken: [] };
  const keys = new StrayKeys({ selection: () => ({ isCollapsed: page.selected === '' }) });
  const document = { addEventListener: (event, listener) => (listeners[event] = listener) };
  let pressed;
  keys.watch(document, () => page.taken.push(pressed));
  page.press = (key, { within = 'div', altGraph = false, ...more } = {}) => {
    pressed = key;
    const target = { closest: (css) => (css.split(', ').includes(within) ? {} : null) };
    listeners.keydown({ key, target, getModifierState: (name) => name === 'AltGraph' && altGraph, ...more });
  };
  page.click = () => listeners.pointerdown();
  return page;
}

test('letters of all scripts, digits and signs are typing', () => {
  const { press, taken } = makePage();
  const keys = ['a', 'Q', 'é', '7', '/', "'", 'я', '日', '🙂'];
  keys.forEach((key) => press(key));
  assert.deepEqual(taken, keys);
});

test('the keys of input methods and dead keys are typing', () => {
  const { press, taken } = makePage();
  ['Process', 'Dead', 'Unidentified'].forEach((key) => press(key));
  assert.equal(taken.length, 3);
});

test('keys that scroll, press or move the focus are not typing', () => {
  const { press, taken } = makePage();
  const keys = [' ', 'Enter', 'Tab', 'Escape', 'PageDown', 'ArrowUp', 'Home', 'End', 'Backspace', 'Delete', 'F5', 'Shift'];
  keys.forEach((key) => press(key));
  assert.deepEqual(taken, []);
});

test('shortcuts are not typing, but AltGr and pasting are', () => {
  const { press, taken } = makePage();
  for (const modifier of ['ctrlKey', 'metaKey', 'altKey']) press('c', { [modifier]: true });
  press('v', { altKey: true });
  assert.deepEqual(taken, []);
  press('@', { ctrlKey: true, altKey: true, altGraph: true });
  press('v', { ctrlKey: true });
  press('V', { metaKey: true, shiftKey: true });
  assert.deepEqual(taken, ['@', 'v', 'V']);
});

test('keys in a field or a dialog, and handled ones, are not typing', () => {
  const { press, taken } = makePage();
  for (const within of ['input', 'textarea', 'select', '[contenteditable]', 'dialog', ':popover-open']) press('a', { within });
  press('a', { defaultPrevented: true });
  assert.deepEqual(taken, []);
});

test('typing does not end a selection made by keyboard, but one made by a double click', () => {
  const page = makePage();
  page.selected = 'word';
  page.press('a');
  assert.deepEqual(page.taken, ['a']);
  page.press('ArrowRight', { shiftKey: true });
  page.press('b');
  page.press('v', { ctrlKey: true });
  assert.deepEqual(page.taken, ['a']);
  page.click();
  page.press('c');
  page.press('a', { ctrlKey: true });
  page.press('d');
  page.selected = '';
  page.press('e');
  assert.deepEqual(page.taken, ['a', 'c', 'e']);
});
