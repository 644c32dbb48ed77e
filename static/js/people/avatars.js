/**
 * The initials and the colour of an avatar, both computed from the person's names. Does not access the page.
 */

/** The number of colours in `avatar.css`. */
export const TINTS = 10;

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** More marks on one letter do not occur in any script, and would be drawn above and below the avatar. */
const MAX_MARKS = 4;
const EXCESS_MARKS = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'u');

const SEGMENTER =
  typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null;

/** The common kinds, for browsers without `Intl.Segmenter`: flags, composed emoji, letters with marks. */
const EMOJI = '\\p{Emoji}(?:\\p{Emoji_Modifier}|\\uFE0F?\\u20E3|\\uFE0F)?[\\u{E0020}-\\u{E007F}]*';
const GRAPHEME = new RegExp(`^(?:\\p{RI}\\p{RI}|${EMOJI}(?:\\u200D${EMOJI})*|[^])\\p{M}*`, 'u');

/** Returns the first letters of the first and the last word, or the first character of a name without letters. */
export function initials(name) {
  const words = name.match(WORD) ?? [name.trim()];
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = ends.map((word) => firstGrapheme(word).replace(EXCESS_MARKS, '$1'));
  return letters.join('').toLocaleUpperCase();
}

/** Returns the index of the colour of a user name: FNV-1a, both halves combined. */
export function tint(username) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < username.length; i += 1) {
    hash = Math.imul(hash ^ username.charCodeAt(i), 0x01000193);
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % TINTS;
}

/** Returns the first user-perceived character of a text, or an empty text. */
export function firstGrapheme(text, segmenter = SEGMENTER) {
  if (segmenter === null) return text.match(GRAPHEME)?.[0] ?? '';
  const [first] = segmenter.segment(text);
  return first?.segment ?? '';
}
