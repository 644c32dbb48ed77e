/**
 * Whose display name does not tell who somebody is: it is another's too, or looks like it, or like what the page itself
 * says. Anybody may take any display name; user names are unique. Knows no page.
 */

import { fold, foldedWords } from './lookalikes.js';
import * as texts from '../texts.js';

/** More names than this are not remembered: those that were not met for longest are forgotten. */
const MOST_NAMES = 5_000;

/** Stands for the bearers of a name that has more than one. It stays so: a name that is given back was borne. */
const SEVERAL = null;

const YOU = fold(texts.you);

export class Namesakes {
  #me;
  #most;
  #bearers = new Map();
  #folds = new WeakMap();
  #changed = () => {};

  /** `me` is the person who reads, whose name is never forgotten. */
  constructor({ me, most = MOST_NAMES }) {
    this.#me = me;
    this.#most = most;
    this.note([me]);
  }

  /** Calls back when a name turns out to have more than one bearer. */
  whenChanged(action) {
    this.#changed = action;
  }

  /** These people were met under these names. */
  note(people) {
    const areShared = people.map((person) => this.#meet(person));
    this.#trim();
    if (areShared.includes(true)) this.#changed();
  }

  /** Whether the user name has to stand beside somebody's display name. */
  isDoubtful(person) {
    const { key, pretends } = this.#foldOf(person);
    return pretends || this.#bearers.get(key) === SEVERAL;
  }

  /** Returns whether the name is found to be shared just now. */
  #meet(person) {
    const { key } = this.#foldOf(person);
    const before = this.#bearers.get(key);
    const isShared = before !== undefined && before !== person.id;
    this.#bearers.delete(key);
    this.#bearers.set(key, isShared ? SEVERAL : person.id);
    return isShared && before !== SEVERAL;
  }

  #trim() {
    if (this.#bearers.size <= this.#most) return;
    for (const key of this.#bearers.keys()) {
      if (this.#bearers.size <= this.#most) break;
      this.#bearers.delete(key);
    }
    this.#meet(this.#me);
  }

  /** The page says "You" and "(you)" of the reader, and puts an @ before user names. */
  #foldOf(person) {
    const known = this.#folds.get(person);
    if (known !== undefined) return known;
    const name = person.display_name;
    const key = fold(name);
    const pretends = key === YOU || foldedWords(name).includes(YOU) || name.normalize('NFKC').includes('@');
    this.#folds.set(person, { key, pretends });
    return { key, pretends };
  }
}
