/**
 * Initials and colour of a person, both made from the names alone. Knows no page.
 */

/** So many colours `face.css` has. */
export const TINTS = 10;

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;
const LETTER = /^[\p{L}\p{N}]\p{M}*/u;

/** One letter for one word, else the first letters of the first and the last word. */
export function initials(name) {
  const words = name.match(WORD) ?? [];
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = ends.map((word) => word.match(LETTER)[0]).join('');
  return (letters || [...name.trim()].slice(0, 1).join('')).toLocaleUpperCase();
}

/** The number of the colour: always the same for a name. FNV-1a, its halves folded together. */
export function tint(username) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < username.length; i += 1) {
    hash = Math.imul(hash ^ username.charCodeAt(i), 0x01000193);
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % TINTS;
}
