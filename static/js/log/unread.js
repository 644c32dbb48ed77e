/**
 * How far somebody has read, how many messages of others came since, and above which one the line "New" stands.
 * Knows no page.
 */

export class Unread {
  #me;
  #readTo;
  #count = 0;
  #areMore = false;
  #lineAfter = null;
  #isAway = false;

  /** Everything up to the number `readTo` was read before. */
  constructor({ me, readTo }) {
    this.#me = me;
    this.#readTo = readTo;
  }

  /** How many messages of others are known to be unread. */
  get count() {
    return this.#count;
  }

  /** Whether there are others that are not known. */
  get areMore() {
    return this.#areMore;
  }

  /** Everything up to this number was read. */
  get readTo() {
    return this.#readTo;
  }

  /** The number after which the line stands, or null if there is none. */
  get lineAfter() {
    return this.#lineAfter;
  }

  /** Notes that everything up to a number was seen. */
  see(seq) {
    this.#readTo = Math.max(this.#readTo, seq);
  }

  /** There was no connection. */
  wasAway() {
    this.#isAway = true;
  }

  /** Takes messages that came late. Above the first one after an absence stands the line, even if it is seen at once. */
  miss(messages) {
    const first = messages.find((message) => this.#isOthers(message));
    if (!this.#isAway || first === undefined) return;
    this.#isAway = false;
    if (this.#count === 0) this.#lineAfter = first.seq - 1;
  }

  /** Counts anew. The line stays where it was put until, all being read, other news come. */
  recount(log) {
    const isFresh = this.#count === 0;
    const fresh = log.messages.slice(log.indexOf(this.#readTo + 1));
    const unread = fresh.filter((message) => this.#isOthers(message));
    this.#count = unread.length;
    this.#areMore = !log.isWholeAfter(this.#readTo);
    if (isFresh && unread.length > 0) this.#lineAfter = this.#areMore ? this.#readTo : unread[0].seq - 1;
  }

  /** Takes the line away. */
  clearLine() {
    this.#lineAfter = null;
  }

  #isOthers({ sender }) {
    return sender?.id !== this.#me.id;
  }
}
