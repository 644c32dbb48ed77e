/**
 * Initials and colour of a person, both made from the names alone. Knows no page.
 */

import { firstGrapheme } from './graphemes.js';

/** So many colours `face.css` has. */
export const TINTS = 10;

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** More marks on one letter are no writing, and would stand above and below the face. */
const MOST_MARKS = 4;
const MORE_MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, 'u');

/** One letter for one word, else the first letters of the first and the last word. A name without any: its first sign. */
export function initials(name) {
  const words = name.match(WORD) ?? [name.trim()];
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = ends.map((word) => firstGrapheme(word).replace(MORE_MARKS, '$1'));
  return letters.join('').toLocaleUpperCase();
}

/** The number of the colour: always the same for a name. FNV-1a, its halves folded together. */
export function tint(username) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < username.length; i += 1) {
    hash = Math.imul(hash ^ username.charCodeAt(i), 0x01000193);
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % TINTS;
}
