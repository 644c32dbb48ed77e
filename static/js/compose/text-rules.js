/**
 * The rules for the text of a message, the same as the server's. Each character is visited a fixed number of times: this
 * runs with each key in a long draft. Does not access the page.
 */

/** The maximum length in Unicode scalar values. */
export const MAX_CHARS = 4000;

/** The character count is visible from this number on. */
export const VISIBLE_FROM = 3_600;

/** Each is announced when the count reaches it from below. The last one is the first character too many. */
const THRESHOLDS = [VISIBLE_FROM, 3_900, 3_980, MAX_CHARS + 1];

/** Line breaks besides LF (Unicode Standard, section 5.8, "Newline Guidelines"). */
const LINE_BREAK = /\r\n|[\r\u000B\u000C\u0085\u2028\u2029]/g;
const WHITE_SPACE = /\p{White_Space}/u;
const CONTROL = /[^\P{Cc}\n\t]/u;
const CONTROLS = /[^\P{Cc}\n\t]/gu;

/** Returns the text as it is stored: with LF, without blank lines at its start and white space at its end. */
export function normalise(raw) {
  const lines = withNewlines(wellFormed(raw));
  let end = lines.length;
  while (end > 0 && WHITE_SPACE.test(lines.charAt(end - 1))) end -= 1;
  return lines.slice(startOf(lines, end), end);
}

/** Returns a text as it may be pasted: with LF, without the characters that cannot be sent. */
export function pasteable(raw) {
  return withNewlines(raw).replace(CONTROLS, '');
}

/** Returns the number of Unicode scalar values. */
export function countChars(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Returns why a normalised text cannot be sent: `empty`, `too_long` or `control`; or null. */
export function textError(text) {
  if (text === '') return 'empty';
  if (CONTROL.test(text)) return 'control';
  return countChars(text) > MAX_CHARS ? 'too_long' : null;
}

/**
 * Returns the first character of a raw text that cannot be sent, or null: its `code`, its `line` and `column` as the
 * server counts them, and its `index`.
 */
export function firstControl(raw) {
  const index = raw.search(new RegExp(`(?!${LINE_BREAK.source})${CONTROL.source}`, 'u'));
  if (index < 0) return null;
  const lines = withNewlines(raw.slice(0, index)).split('\n');
  return { code: raw.charCodeAt(index), line: lines.length, column: countChars(lines.at(-1)) + 1, index };
}

/**
 * How many characters a text may still have, as the server counts them. Visible with each key; a screen reader announces
 * it only at a few thresholds.
 */
export class CharacterCounter {
  #reached = 0;

  /**
   * Takes the content of the field. Returns the `count`, null while it is not visible; `isTooLong`; and whether to
   * `announce` it: a threshold was reached, or the text fits again.
   */
  update(raw) {
    // The number of characters is at most the number of code units, which is known without counting.
    const count = raw.length < VISIBLE_FROM ? 0 : countChars(normalise(raw));
    const reached = THRESHOLDS.filter((from) => count >= from).length;
    const fitsAgain = this.#reached === THRESHOLDS.length && reached < THRESHOLDS.length && reached > 0;
    const announce = reached > this.#reached || fitsAgain;
    this.#reached = reached;
    return { count: count < VISIBLE_FROM ? null : count, isTooLong: count > MAX_CHARS, announce };
  }
}

/** Returns the start of the first line that is not blank. */
function startOf(lines, end) {
  let start = 0;
  for (let i = 0; i < end && WHITE_SPACE.test(lines.charAt(i)); i += 1) {
    if (lines.charAt(i) === '\n') start = i + 1;
  }
  return start;
}

const withNewlines = (text) => text.replace(LINE_BREAK, '\n');

/** Replaces lone surrogates, which UTF-8 cannot encode. */
function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
