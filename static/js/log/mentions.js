/**
 * Finds the names in a text that the server resolved: `@name` of a person in `entry.mentions`. The server marks the same
 * ones in the messages of the page (`chat/src/mentions.rs`). Each character is visited a fixed number of times. Does not
 * access the page.
 */

/** The characters of a name, for a character class. */
export const NAME = '\\p{Alphabetic}\\p{M}\\p{N}_.-';

/** An @ after one of these is part of an address. */
export const BEFORE = `[${NAME}/@:&=?#%+~\\\\]`;
const TOKEN = new RegExp(`(?<!${BEFORE})@([${NAME}]+)`, 'gu');

/** A longer run is no name. */
const MAX_RUN_CHARS = 64;

/** Characters of names that may be punctuation after one, and how many names one place may mean with them at their end. */
const PUNCTUATION = '._-';
const MAX_LONGER_NAMES = 4;

/** Returns the `from` and `to` index of each name in the text, with its `mention`: `{id, username}`. */
export function mentionsIn(text, mentions) {
  if (mentions.length === 0 || !text.includes('@')) return [];
  const byName = new Map(mentions.map((mention) => [fold(mention.username), mention]));
  return [...text.matchAll(TOKEN)].flatMap(({ index, 1: run }) => {
    const name = [...run].length > MAX_RUN_CHARS ? null : longestName(run, byName);
    return name === null ? [] : [{ from: index, to: index + 1 + name.length, mention: byName.get(fold(name)) }];
  });
}

/** User names are equal if their folded forms are, as far as a browser can fold. */
export function fold(name) {
  return name.normalize('NFKC').toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ').normalize('NFKC');
}

/** A sentence may end after a name, in a character that names may have, too: the longest name that exists is meant. */
function longestName(run, byName) {
  let bare = run;
  while (bare !== '' && PUNCTUATION.includes(bare.at(-1))) bare = bare.slice(0, -1);
  const longer = Array.from({ length: Math.min(run.length - bare.length, MAX_LONGER_NAMES) }, (_, i) => run.slice(0, run.length - i));
  return [...longer, bare].find((name) => byName.has(fold(name))) ?? null;
}
