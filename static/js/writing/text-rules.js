/**
 * What may be the text of a message, counted and trimmed as the server does it. Knows no page and sends nothing.
 * Each character is looked at a fixed number of times: this runs at each key in a long draft.
 */

/** The longest text, in Unicode scalar values. */
export const MAX_CHARS = 4000;

/** What breaks a line (Unicode Standard, section 5.8, "Newline Guidelines"), besides LF. */
const LINE_BREAK = /\r\n|[\r\u000B\u000C\u0085\u2028\u2029]/g;
const WHITE_SPACE = /\p{White_Space}/u;
const CONTROL = /[^\P{Cc}\n\t]/u;
const CONTROLS = /[^\P{Cc}\n\t]/gu;

/** The text as it would be stored: all line breaks are LF, blank lines before and white space after are dropped. */
export function normalise(raw) {
  const lines = withNewlines(wellFormed(raw));
  let end = lines.length;
  while (end > 0 && WHITE_SPACE.test(lines.charAt(end - 1))) end -= 1;
  return lines.slice(startOf(lines, end), end);
}

/** What may be pasted: line breaks as the field has them, and none of the characters that could not be sent. */
export function pasteable(raw) {
  return withNewlines(raw).replace(CONTROLS, '');
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

/**
 * The first character of a text as it was written that cannot be sent: its `code`, its `line` and `column` as the
 * server counts them, and its `index`. Null if there is none.
 */
export function firstControl(raw) {
  const index = raw.search(new RegExp(`(?!${LINE_BREAK.source})${CONTROL.source}`, 'u'));
  if (index < 0) return null;
  const lines = withNewlines(raw.slice(0, index)).split('\n');
  return { code: raw.charCodeAt(index), line: lines.length, column: countChars(lines.at(-1)) + 1, index };
}

/** Where the first line begins that is not blank. */
function startOf(lines, end) {
  let start = 0;
  for (let i = 0; i < end && WHITE_SPACE.test(lines.charAt(i)); i += 1) {
    if (lines.charAt(i) === '\n') start = i + 1;
  }
  return start;
}

const withNewlines = (text) => text.replace(LINE_BREAK, '\n');

/** A half of a surrogate pair alone cannot be sent as UTF-8. */
function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
