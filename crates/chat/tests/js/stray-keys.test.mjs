import assert from 'node:assert/strict';
import { test } from 'node:test';

import { StrayKeys } from '../../../../static/js/writing/stray-keys.js';

/** A page in which somebody presses keys; `within` is the selector of what the focus is in. */
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

test('letters of all scripts, digits and signs go to the field', () => {
  const { press, taken } = makePage();
  const keys = ['a', 'Q', 'é', '7', '/', "'", 'я', '日', '🙂'];
  keys.forEach((key) => press(key));
  assert.deepEqual(taken, keys);
});

test('what an input method or a dead key begins goes there before it begins', () => {
  const { press, taken } = makePage();
  ['Process', 'Dead', 'Unidentified'].forEach((key) => press(key));
  assert.equal(taken.length, 3);
});

test('keys that scroll, press or lead elsewhere stay where they are', () => {
  const { press, taken } = makePage();
  const keys = [' ', 'Enter', 'Tab', 'Escape', 'PageDown', 'ArrowUp', 'Home', 'End', 'Backspace', 'Delete', 'F5', 'Shift'];
  keys.forEach((key) => press(key));
  assert.deepEqual(taken, []);
});

test('shortcuts are the browser’s, but AltGr writes, and what is pasted is writing', () => {
  const { press, taken } = makePage();
  for (const modifier of ['ctrlKey', 'metaKey', 'altKey']) press('c', { [modifier]: true });
  press('v', { altKey: true });
  assert.deepEqual(taken, []);
  press('@', { ctrlKey: true, altKey: true, altGraph: true });
  press('v', { ctrlKey: true });
  press('V', { metaKey: true, shiftKey: true });
  assert.deepEqual(taken, ['@', 'v', 'V']);
});

test('a field, a dialog, and a key that somebody took already keep it', () => {
  const { press, taken } = makePage();
  for (const within of ['input', 'textarea', 'select', '[contenteditable]', 'dialog', ':popover-open']) press('a', { within });
  press('a', { defaultPrevented: true });
  assert.deepEqual(taken, []);
});

test('what is selected by keyboard, to be copied, is left alone; what a double click marks is not', () => {
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
