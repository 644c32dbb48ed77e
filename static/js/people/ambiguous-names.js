/**
 * Which display names do not identify a person: another person has the same one or one that looks like it, or it looks
 * like a word of the page itself. Anybody may take any display name; user names are unique. Does not access the page.
 */

import * as texts from '../texts.js';

/** The maximum number of names to remember. The least recently seen ones are forgotten. */
const MAX_NAMES = 5_000;

/** Stands for the owners of a name that has had several. Once ambiguous, a name stays ambiguous. */
const SEVERAL = null;

/** Letters that look like another one, each mapped to one representative in lower case. */
const CONFUSABLES = new Map([
  ...pairs('l1ıіӏι', 'i'),
  ...pairs('0оοօ', 'o'),
  ...pairs('авсԁеһнјкмрԛѕтѵԝху', 'abcdehhjkmpqstvwxy'),
  ...pairs('αβεζηκμνρτυχ', 'abezhkmnptyx'),
]);

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const NOT_ALPHANUMERIC = /[^\p{L}\p{N}]/gu;

const YOU = skeleton(texts.you);

export class AmbiguousNames {
  #me;
  #maxNames;
  #owners = new Map();
  #skeletons = new WeakMap();
  #listeners = new Set();

  /** `me` is the reader, whose name is never forgotten. */
  constructor({ me, maxNames = MAX_NAMES }) {
    this.#me = me;
    this.#maxNames = maxNames;
    this.add([me]);
  }

  /** Calls `action` when a name becomes ambiguous. Returns a function that ends that. */
  whenChanged(action) {
    this.#listeners.add(action);
    return () => this.#listeners.delete(action);
  }

  /** Adds the current names of people. */
  add(people) {
    const areNewlyAmbiguous = people.map((person) => this.#add(person));
    this.#trim();
    if (areNewlyAmbiguous.includes(true)) this.#listeners.forEach((action) => action());
  }

  /** Returns whether the user name must be shown beside a person's display name. */
  isAmbiguous(person) {
    const { key, isReserved } = this.#skeletonOf(person);
    return isReserved || this.#owners.get(key) === SEVERAL;
  }

  /** Returns whether the name became ambiguous. */
  #add(person) {
    const { key } = this.#skeletonOf(person);
    const owner = this.#owners.get(key);
    const isAmbiguous = owner !== undefined && owner !== person.id;
    this.#owners.delete(key);
    this.#owners.set(key, isAmbiguous ? SEVERAL : person.id);
    return isAmbiguous && owner !== SEVERAL;
  }

  #trim() {
    if (this.#owners.size <= this.#maxNames) return;
    for (const key of this.#owners.keys()) {
      if (this.#owners.size <= this.#maxNames) break;
      this.#owners.delete(key);
    }
    this.#add(this.#me);
  }

  /** The page calls the reader "You" and "(you)", and writes an @ before user names: those are reserved. */
  #skeletonOf(person) {
    const known = this.#skeletons.get(person);
    if (known !== undefined) return known;
    const name = person.display_name;
    const key = skeleton(name);
    const isReserved = key === YOU || wordSkeletons(name).includes(YOU) || name.normalize('NFKC').includes('@');
    this.#skeletons.set(person, { key, isReserved });
    return { key, isReserved };
  }
}

/**
 * Returns a form that is the same for names that look alike: without marks, spaces and signs, unless nothing is left.
 * Covers the common cases and prefers false positives: an additional user name does no harm.
 */
export function skeleton(name) {
  const plain = name.normalize('NFKD').replace(INVISIBLE, '').toLowerCase();
  const letters = plain.normalize('NFKD').replace(NOT_ALPHANUMERIC, '');
  return letters === '' ? plain.trim() : [...letters].map((letter) => CONFUSABLES.get(letter) ?? letter).join('');
}

/** Returns the skeleton of each word of a name. */
export function wordSkeletons(name) {
  return name.replace(INVISIBLE, '').split(/[^\p{L}\p{N}\p{M}]+/u).map(skeleton);
}

function pairs(letters, representatives) {
  const all = [...letters];
  return all.map((letter, i) => [letter, representatives.length === 1 ? representatives : representatives[i]]);
}
