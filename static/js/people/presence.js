/**
 * Who is in a room and who is typing, as the server reports it. Does not access the page and sends nothing.
 */

/** The server names at most this many people; of the others it reports the number. */
export const MAX_NAMED = 200;

/** In a larger room people come and go all the time: the list is requested again when it is shorter than this. */
const MIN_NAMED = 150;

/** @typedef {{ id: string, username: string, display_name: string, away: boolean }} Person */

export class Presence {
  #me;
  #people = new Map();
  #typing = [];
  #count = null;
  #isLive = false;
  #collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

  /** `me` is the id of the reader. */
  constructor({ me }) {
    this.#me = me;
  }

  /** The number of people, including those who are not named; null until the server reported it. */
  get count() {
    return this.#count;
  }

  /** Whether the list is current. Otherwise it is the last known one. */
  get isLive() {
    return this.#isLive;
  }

  /** The number of people who are not named. */
  get unnamed() {
    return Math.max((this.#count ?? 0) - this.#people.size, 0);
  }

  /** The people here, by name. @returns {Person[]} */
  get here() {
    return this.#sorted(false);
  }

  /** The people away, by name. @returns {Person[]} */
  get away() {
    return this.#sorted(true);
  }

  /** The other people who are typing. @returns {Person[]} */
  get typing() {
    return this.#typing;
  }

  /** Whether the names do not match the number: then the list must be requested again. */
  get isInconsistent() {
    if (this.#count === null) return false;
    return this.#count > MAX_NAMED ? this.#people.size < MIN_NAMED : this.#people.size !== this.#count;
  }

  /** Takes the answer to `watch`, which replaces everything. */
  reset({ people, typing, count }) {
    this.#people = new Map(people.map((person) => [person.id, person]));
    this.#count = count;
    this.#isLive = true;
    this.#setTyping(typing);
    this.#trim();
  }

  /** Takes the people who came, changed or left. Returns false if there is no list to change. */
  change({ count, joined, left }) {
    if (this.#count === null) return false;
    for (const { id } of left) this.#people.delete(id);
    for (const person of joined) this.#people.set(person.id, person);
    this.#count = count;
    this.#trim();
    return true;
  }

  /** Takes everybody who is typing. */
  changeTyping({ users }) {
    this.#setTyping(users);
  }

  /** Removes the senders of new messages from those who are typing. Returns whether that changed anything. */
  endTyping(ids) {
    const before = this.#typing.length;
    this.#typing = this.#typing.filter(({ id }) => !ids.includes(id));
    return this.#typing.length !== before;
  }

  /** The connection is lost: the list is no longer kept up to date. */
  lose() {
    this.#isLive = false;
    this.#typing = [];
  }

  #setTyping(users) {
    this.#typing = users.filter(({ id }) => id !== this.#me);
  }

  /** Bounds the memory in a room where many people come and go: keeps those here first, then those away, by name. */
  #trim() {
    if (this.#people.size <= MAX_NAMED) return;
    const kept = [...this.here, ...this.away].slice(0, MAX_NAMED);
    this.#people = new Map(kept.map((person) => [person.id, person]));
  }

  #sorted(away) {
    const people = [...this.#people.values()].filter((person) => person.away === away);
    return people.sort((a, b) => this.#collator.compare(a.display_name, b.display_name) || (a.id < b.id ? -1 : 1));
  }
}
