/**
 * Which texts are too tall to stand in the list as a whole. Knows no page.
 */

/** More lines than this are not all shown at first. The style sheet says how much is. */
const MOST_LINES = 30;

/** So many characters are a line at the most. */
const LINE = 62;

export function isTall(text) {
  const lines = text.split('\n').map((line) => Math.max(Math.ceil(line.length / LINE), 1));
  return lines.reduce((sum, count) => sum + count, 0) > MOST_LINES;
}
