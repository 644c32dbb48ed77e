/**
 * Finds the names in a text that the server resolved: `@name` of a person in `entry.mentions`. The server marks the same
 * ones in the messages of the page (`chat/src/mentions.rs`). Each character is visited a fixed number of times. Does not
 * access the page.
 */

/** An @ after one of these characters is part of an address, and none of a name may be missing. */
const NAME = '\\p{Alphabetic}\\p{M}\\p{N}_.-';
const TOKEN = new RegExp(`(?<![${NAME}/@:&=?#%+~])@([${NAME}]+)`, 'gu');

/** A longer run is no name. */
const MAX_RUN_CHARS = 64;
const PUNCTUATION = /[._-]$/;

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

/** A sentence may end after a name, in a character that names may have, too. */
function longestName(run, byName) {
  let name = run;
  while (!byName.has(fold(name))) {
    if (!PUNCTUATION.test(name)) return null;
    name = name.slice(0, -1);
  }
  return name;
}
