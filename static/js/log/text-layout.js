/**
 * Finds texts whose layout takes a browser a time that grows with the square of their length, and separates or reports
 * the slow parts. The server does the same for the messages in the page (`chat/src/page/text_layout.rs`). Does not
 * access the page.
 */

/** The maximum number of marks, emoji modifiers or invisible characters in a row; Tibetan needs nine. */
const MAX_EXTENDERS = 12;
const EXTENDER = '[\\p{M}\\p{Emoji_Modifier}\\p{Default_Ignorable_Code_Point}\\u0E33\\u0EB3]';
const EXCESS = new RegExp(`(?<=${EXTENDER}{${MAX_EXTENDERS}})${EXTENDER}+`, 'gu');

/** The maximum number of changes of the writing direction in a text, and between two spaces. */
const MAX_TURNS = 500;
const MAX_TURNS_IN_WORD = 16;

/** The maximum number of letters between two spaces in scripts whose words browsers find by a dictionary. */
const MAX_UNSPACED = 300;
const UNSPACED = /[\u0E01-\u0EFF\u1000-\u109F\u1780-\u17FF\u1950-\u19DF\u1A20-\u1AAF\uA9E0-\uA9FF\uAA60-\uAADF]/;

/** Direction marks, and Arabic signs before numbers, which change the direction, too. */
const DIRECTION_MARK = /[\u0600-\u0605\u061C\u06DD\u08E2\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const MAY_BE_TANGLED = new RegExp([UNSPACED, DIRECTION_MARK, RIGHT_TO_LEFT].map(({ source }) => source).join('|'), 'u');
const NUMBER = /\p{N}/u;
const LETTER = /\p{Alphabetic}/u;
const SPACE = /[\t\n \u1680\u2000-\u2006\u2008-\u200B\u2028\u2029\u205F\u3000]/;

/** Returns the text in order as `{ text }` and, for stacked marks that nobody could read, `{ text, isExcess: true }`. */
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
 * Returns whether the lines of a text must break anywhere, because better places are too slow to find: WebKit takes
 * seconds for 4,000 letters of changing direction, Chromium for as many Burmese ones without a space.
 */
export function isTangled(text) {
  if (!MAY_BE_TANGLED.test(text)) return false;
  let [turns, inWord, unspaced, before] = [0, 0, 0, null];
  for (const character of text) {
    if (SPACE.test(character)) [inWord, unspaced] = [0, 0];
    if (UNSPACED.test(character)) unspaced += 1;
    if (unspaced > MAX_UNSPACED) return true;
    const direction = directionOf(character);
    if (direction === null || direction === before) continue;
    if (direction !== 'mark') before = direction;
    [turns, inWord] = [turns + 1, inWord + 1];
    if (turns > MAX_TURNS || inWord > MAX_TURNS_IN_WORD) return true;
  }
  return false;
}

function directionOf(character) {
  if (DIRECTION_MARK.test(character)) return 'mark';
  if (NUMBER.test(character)) return 'left-to-right';
  if (!LETTER.test(character)) return null;
  return RIGHT_TO_LEFT.test(character) ? 'right-to-left' : 'left-to-right';
}
