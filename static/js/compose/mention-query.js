/**
 * Which name the user is typing after an @, and which people it may be. Does not access the page.
 */

import { BEFORE, fold, NAME } from '../log/mentions.js';

/** More people than this are not offered: the user types another letter. */
export const MAX_OFFERED = 5;

/** The maximum length of a user name, with the @. */
const MAX_TOKEN_LENGTH = 64;
const IN_NAME = new RegExp(`[${NAME}]`, 'u');
const IS_NAME = new RegExp(`^[${NAME}]*$`, 'u');
const IN_ADDRESS = new RegExp(BEFORE, 'u');

/** Returns the name that ends at the cursor: `from`, the index of its @, and `find`, the letters after it; or null. */
export function queryAt(text, cursor) {
  const start = Math.max(cursor - MAX_TOKEN_LENGTH, 0);
  const from = text.slice(start, cursor).lastIndexOf('@') + start;
  if (from < start || (from > 0 && IN_ADDRESS.test(text.charAt(from - 1))) || IN_NAME.test(text.charAt(cursor))) return null;
  const find = text.slice(from + 1, cursor);
  return IS_NAME.test(find) ? { from, find } : null;
}

/** Returns those with a user name, or a word of the display name, that begins with `find`: each once, and not `me`. */
export function matching(people, find, me) {
  const wanted = fold(find);
  const found = people.filter(({ username, display_name: name }) =>
    [username, ...name.split(/\s/u)].some((word) => fold(word).startsWith(wanted)),
  );
  const byId = new Map(found.filter(({ id }) => id !== me.id).map((person) => [person.id, person]));
  return [...byId.values()].slice(0, MAX_OFFERED);
}

/** Returns whether there is nothing left to complete. */
export const isComplete = (people, find) => people.length === 1 && fold(people[0].username) === fold(find);
