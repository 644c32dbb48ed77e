/**
 * Who is in a room and who is writing, as the server tells it. Knows no page and asks nobody.
 */

/** So many people the server names at most; of the others it tells only how many. */
export const MAX_NAMED = 200;

/** With more people than that the list is asked for again when it has become this short: some always come and go. */
const FEW_NAMED = 150;

/** @typedef {{ id: string, username: string, display_name: string, away: boolean }} Person */

export class Presence {
  #room;
  #me;
  #people = new Map();
  #typing = [];
  #count = null;
  #isLive = false;
  #collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

  /** `me` is the id of the one who reads. */
  constructor({ room, me }) {
    this.#room = room;
    this.#me = me;
  }

  /** How many people there are, also those who are not named; null until it was told. */
  get count() {
    return this.#count;
  }

  /** Whether it is told now, and not only how it was when last told. */
  get isLive() {
    return this.#isLive;
  }

  /** How many are not named. */
  get unnamed() {
    return Math.max((this.#count ?? 0) - this.#people.size, 0);
  }

  /** Those here, by name. @returns {Person[]} */
  get here() {
    return this.#sorted(false);
  }

  /** Those away, by name. @returns {Person[]} */
  get away() {
    return this.#sorted(true);
  }

  /** Who else is writing. @returns {Person[]} */
  get typing() {
    return this.#typing;
  }

  /** Whether the names do not agree with the number: then the whole list is to be asked for again. */
  get disagrees() {
    if (this.#count === null) return false;
    return this.#count > MAX_NAMED ? this.#people.size < FEW_NAMED : this.#people.size !== this.#count;
  }

  /** Takes the whole as it is: the answer to `watch`. */
  reset({ people, typing, count }) {
    this.#people = new Map(people.map((person) => [person.id, person]));
    this.#count = count;
    this.#isLive = true;
    this.#setTyping(typing);
    this.#trim();
  }

  /** Takes who came, changed or left. Returns whether that says anything: about this room, of a list that is there. */
  change({ room, count, joined, left }) {
    if (room !== this.#room || this.#count === null) return false;
    for (const { id } of left) this.#people.delete(id);
    for (const person of joined) this.#people.set(person.id, person);
    this.#count = count;
    this.#trim();
    return true;
  }

  /** Takes who is writing: the whole list. Returns whether it was about this room. */
  changeTyping({ room, users }) {
    if (room !== this.#room) return false;
    this.#setTyping(users);
    return true;
  }

  /** Takes it that these people, by id, have sent what they wrote. Returns whether that says anything. */
  endTyping(ids) {
    const before = this.#typing.length;
    this.#typing = this.#typing.filter(({ id }) => !ids.includes(id));
    return this.#typing.length !== before;
  }

  /** Nothing tells any more who comes and goes, nor when somebody stops typing. */
  lose() {
    this.#isLive = false;
    this.#typing = [];
  }

  #setTyping(users) {
    this.#typing = users.filter(({ id }) => id !== this.#me);
  }

  /** A crowd that comes and goes must not fill the memory: those here are kept before those away, by name. */
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
