/**
 * The dividers between messages: the heading of a day, the line above the unread ones, the gap where messages are not
 * loaded.
 */

import * as texts from '../texts.js';

/** Creates the element of a row that is not a message. */
export function createDivider({ kind }) {
  const divider = document.createElement('li');
  divider.className = kind;
  if (kind === 'day') divider.append(document.createElement('h2'));
  if (kind === 'unread') divider.textContent = texts.unreadDivider;
  if (kind === 'gap') divider.append(...gapParts());
  return divider;
}

/** Updates a divider to its row. */
export function fillDivider(divider, { kind, words, gap }) {
  if (kind === 'day' && divider.textContent !== words) divider.firstElementChild.textContent = words;
  if (kind === 'gap') divider.dataset.before = gap.before;
}

/** Loads the messages of a gap by `load(seq)`, and shows the progress. Does nothing while they are being loaded. */
export async function loadGap(divider, load) {
  const [words, button] = divider.children;
  if (divider.getAttribute('aria-busy') === 'true') return;
  words.textContent = texts.gap.words;
  button.textContent = texts.gap.loading;
  divider.setAttribute('aria-busy', 'true');
  const isLoaded = await load(Number(divider.dataset.before));
  divider.removeAttribute('aria-busy');
  button.textContent = texts.gap.load;
  if (!isLoaded) words.textContent = texts.gap.failed;
}

function gapParts() {
  const words = document.createElement('span');
  const button = document.createElement('button');
  words.setAttribute('role', 'status');
  words.textContent = texts.gap.words;
  button.type = 'button';
  button.className = 'load link';
  button.textContent = texts.gap.load;
  return [words, button];
}
