/**
 * The user name beside a display name that does not tell who somebody is. Decides nothing about when it has to stand
 * there.
 */

import * as texts from '../texts.js';

/** Puts it after the element of the display name; null takes it away. Returns whether that changed anything. */
export function fillHandle(name, username) {
  const next = name.nextElementSibling;
  const handle = next?.classList.contains('handle') ? next : null;
  const words = username === null ? '' : texts.handle(username);
  if ((handle?.textContent ?? '') === words) return false;
  handle?.remove();
  if (words !== '') name.after(' ', handleOf(words));
  return true;
}

function handleOf(words) {
  const handle = document.createElement('bdi');
  handle.className = 'handle';
  handle.textContent = words;
  return handle;
}
