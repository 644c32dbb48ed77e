/**
 * The lines between messages: a day's heading, the one above what is new, the one where messages are not loaded.
 */

import * as texts from './texts.js';

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

function gapParts() {
  const words = document.createElement('span');
  const button = document.createElement('button');
  words.textContent = texts.gap.words;
  button.type = 'button';
  button.className = 'load link';
  button.textContent = texts.gap.load;
  return [words, button];
}
