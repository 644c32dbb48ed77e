/**
 * Which texts cost a browser layout in the square of their length, and how they are shown instead. The server says the
 * same of the messages that the page comes with (`chat/src/page/text_layout.rs`). Knows no page.
 */

/** So many marks, emoji modifiers or invisible signs in a row are writing; Tibetan has nine. */
const MOST_EXTENDERS = 12;
const EXTENDER = '[\\p{M}\\p{Emoji_Modifier}\\p{Default_Ignorable_Code_Point}]';
const EXCESS = new RegExp(`(?<=${EXTENDER}{${MOST_EXTENDERS}})${EXTENDER}+`, 'gu');

/** More changes of the direction of writing than this, in a text or between two spaces, are no writing. */
const MOST_TURNS = 500;
const MOST_TURNS_IN_A_WORD = 16;

const SIGN_OF_DIRECTION = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const STRONG = /[\p{L}\p{N}]/u;
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
 * Whether the text changes its direction so often that its lines are to be broken anywhere: WebKit takes seconds to
 * find better places in 4,000 such letters.
 */
export function isTangled(text) {
  let [turns, inWord, before] = [0, 0, null];
  for (const character of text) {
    if (SPACE.test(character)) inWord = 0;
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
  if (!STRONG.test(character)) return null;
  return RIGHT_TO_LEFT.test(character) ? 'right-to-left' : 'left-to-right';
}
