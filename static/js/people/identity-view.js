/**
 * How the page shows who a person is: avatar, user name, and the reader's own name in the corner. Computes the
 * initials and the colour of an avatar from the person's names.
 */

import * as texts from '../texts.js';

/** The number of colours in `avatar.css`. */
export const TINTS = 10;

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** More marks on one letter do not occur in any script, and would be drawn above and below the avatar. */
const MAX_MARKS = 4;
const EXCESS_MARKS = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'u');

const SEGMENTER =
  typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null;

/** The common kinds, for browsers without `Intl.Segmenter`: flags, composed emoji, letters with marks. */
const EMOJI = '\\p{Emoji}(?:\\p{Emoji_Modifier}|\\uFE0F?\\u20E3|\\uFE0F)?[\\u{E0020}-\\u{E007F}]*';
const GRAPHEME = new RegExp(`^(?:\\p{RI}\\p{RI}|${EMOJI}(?:\\u200D${EMOJI})*|[^])\\p{M}*`, 'u');

/** Fills an avatar with the person's initials and colour. */
export function fillAvatar(avatar, { username, display_name: name }) {
  avatar.textContent = initials(name);
  avatar.dataset.tint = tint(username);
}

/** Shows a user name after the element of a display name, or none for null. Returns whether that changed the page. */
export function fillHandle(name, username) {
  const next = name.nextElementSibling;
  const handle = next?.classList.contains('handle') ? next : null;
  const words = username === null ? '' : texts.handle(username);
  if ((handle?.textContent ?? '') === words) return false;
  handle?.remove();
  if (words !== '') name.after(' ', createHandle(words));
  return true;
}

/** The reader's own name, which another tab or a program may change while the page is open. */
export class OwnName {
  #me;
  #name;
  #avatars;

  /** `me` is the one object that all parts of the page share; `name` and `avatars` are the elements that show it. */
  constructor({ me, name, avatars }) {
    this.#me = me;
    this.#name = name;
    this.#avatars = avatars;
    this.#render();
  }

  /** Takes the reader's current name from a list of people, if it is in there. */
  update(people) {
    const name = people.find(({ id }) => id === this.#me.id)?.display_name;
    if (name === undefined || name === this.#me.display_name) return;
    this.#me.display_name = name;
    this.#render();
  }

  #render() {
    this.#name.textContent = this.#me.display_name;
    for (const avatar of this.#avatars) fillAvatar(avatar, this.#me);
  }
}

function createHandle(words) {
  const handle = document.createElement('bdi');
  handle.className = 'handle';
  handle.textContent = words;
  return handle;
}

/** Returns the first letters of the first and the last word, or the first character of a name without letters. */
export function initials(name) {
  const words = name.match(WORD) ?? [name.trim()];
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = ends.map((word) => firstGrapheme(word).replace(EXCESS_MARKS, '$1'));
  return letters.join('').toLocaleUpperCase();
}

/** Returns the index of the colour of a user name: FNV-1a, both halves combined. */
export function tint(username) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < username.length; i += 1) {
    hash = Math.imul(hash ^ username.charCodeAt(i), 0x01000193);
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % TINTS;
}

/** Returns the first user-perceived character of a text, or an empty text. */
export function firstGrapheme(text, segmenter = SEGMENTER) {
  if (segmenter === null) return text.match(GRAPHEME)?.[0] ?? '';
  const [first] = segmenter.segment(text);
  return first?.segment ?? '';
}
