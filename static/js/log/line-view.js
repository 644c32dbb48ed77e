/**
 * The lines between messages: a day's heading, the one above what is new, the one where messages are not loaded.
 */

import * as texts from '../texts.js';

/** A new element for a row that is no message. */
export function createLine({ kind }) {
  const line = document.createElement('li');
  line.className = kind;
  if (kind === 'day') line.append(document.createElement('h2'));
  if (kind === 'unread') line.textContent = texts.unreadLine;
  if (kind === 'gap') line.append(...gapParts());
  return line;
}

/** Makes it say what the row says by now. */
export function fillLine(line, { kind, words, gap }) {
  if (kind === 'day' && line.textContent !== words) line.firstElementChild.textContent = words;
  if (kind === 'gap') line.dataset.before = gap.before;
}

/** Has `load(seq)` read what is missing, and says how that goes. Once at a time. */
export async function loadGap(line, load) {
  const [words, button] = line.children;
  if (line.getAttribute('aria-busy') === 'true') return;
  words.textContent = texts.gap.words;
  button.textContent = texts.gap.loading;
  line.setAttribute('aria-busy', 'true');
  const isLoaded = await load(Number(line.dataset.before));
  line.removeAttribute('aria-busy');
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
