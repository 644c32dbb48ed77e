/**
 * Which texts cost a browser layout in the square of their length, and how they are shown instead. The server says the
 * same of the messages that the page comes with (`chat/src/page/text_layout.rs`). Knows no page.
 */

/** So many marks, emoji modifiers or invisible signs in a row are writing; Tibetan has nine. */
const MOST_EXTENDERS = 12;
const EXTENDER = '[\\p{M}\\p{Emoji_Modifier}\\p{Default_Ignorable_Code_Point}\\u0E33\\u0EB3]';
const EXCESS = new RegExp(`(?<=${EXTENDER}{${MOST_EXTENDERS}})${EXTENDER}+`, 'gu');

/** More changes of the direction of writing than this, in a text or between two spaces, are no writing. */
const MOST_TURNS = 500;
const MOST_TURNS_IN_A_WORD = 16;

/** Letters of scripts whose words are found by a dictionary, of which more than this between two spaces are too many. */
const MOST_UNSPACED = 300;
const UNSPACED = /[\u0E01-\u0EFF\u1000-\u109F\u1780-\u17FF\u1950-\u19DF\u1A20-\u1AAF\uA9E0-\uA9FF\uAA60-\uAADF]/;

/** Marks of direction, and Arabic signs before numbers, which turn it too. */
const SIGN_OF_DIRECTION = /[\u0600-\u0605\u061C\u06DD\u08E2\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const MAY_BE_TANGLED = new RegExp([UNSPACED, SIGN_OF_DIRECTION, RIGHT_TO_LEFT].map(({ source }) => source).join('|'), 'u');
const NUMBER = /\p{N}/u;
const LETTER = /\p{Alphabetic}/u;
const SPACE = /[\t\n \u1680\u2000-\u2006\u2008-\u200B\u2028\u2029\u205F\u3000]/;

/** The text in order as `{ text }` and, where signs are piled up, `{ text, isExcess: true }`, which nobody could see. */
export function splitExcess(text) {
  const parts = [];
  let from = 0;
  for (const { 0: excess, index } of text.matchAll(EXCESS)) {
    parts.push({ text: text.slice(from, index) }, { text: excess, isExcess: true });
    from = index + excess.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/**
 * Whether the lines of a text are to be broken anywhere, as better places are too dear to find: WebKit takes seconds for
 * 4,000 letters that change their direction, Chromium for as many of Burmese without a space.
 */
export function isTangled(text) {
  if (!MAY_BE_TANGLED.test(text)) return false;
  let [turns, inWord, unspaced, before] = [0, 0, 0, null];
  for (const character of text) {
    if (SPACE.test(character)) [inWord, unspaced] = [0, 0];
    if (UNSPACED.test(character)) unspaced += 1;
    if (unspaced > MOST_UNSPACED) return true;
    const direction = directionOf(character);
    if (direction === null || direction === before) continue;
    if (direction !== 'sign') before = direction;
    [turns, inWord] = [turns + 1, inWord + 1];
    if (turns > MOST_TURNS || inWord > MOST_TURNS_IN_A_WORD) return true;
  }
  return false;
}

function directionOf(character) {
  if (SIGN_OF_DIRECTION.test(character)) return 'sign';
  if (NUMBER.test(character)) return 'left-to-right';
  if (!LETTER.test(character)) return null;
  return RIGHT_TO_LEFT.test(character) ? 'right-to-left' : 'left-to-right';
}
