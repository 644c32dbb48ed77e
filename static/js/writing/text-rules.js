/**
 * What may be the text of a message, counted and trimmed as the server does it. Knows no page and sends nothing.
 */

/** The longest text, in Unicode scalar values. */
export const MAX_CHARS = 4000;

const LEADING_BLANK_LINES = /^\p{White_Space}*\n/u;
const TRAILING_WHITE_SPACE = /\p{White_Space}+$/u;
const CONTROL = /[^\P{Cc}\n\t]/u;

/** The text as it would be stored: CRLF and CR become LF, blank lines before and white space after are dropped. */
export function normalise(raw) {
  const lines = wellFormed(raw).replace(/\r\n?/g, '\n');
  return lines.replace(TRAILING_WHITE_SPACE, '').replace(LEADING_BLANK_LINES, '');
}

/** The number of Unicode scalar values. */
export function countChars(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** What is wrong with a normalised text: `empty`, `too_long`, `control`, or null. */
export function fault(text) {
  if (text === '') return 'empty';
  if (CONTROL.test(text)) return 'control';
  return countChars(text) > MAX_CHARS ? 'too_long' : null;
}

/** A half of a surrogate pair alone cannot be sent as UTF-8. */
function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
