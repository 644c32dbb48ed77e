/**
 * How far the user has read in a room, how many messages of others are unread, and where the divider "New" is. Does
 * not access the page.
 */

import { readJson, writeJson } from '../storage.js';

export class Unread {
  #me;
  #readTo;
  #count = 0;
  #areMore = false;
  #dividerAfter = null;
  #wasAway = false;

  /** Everything up to the number `readTo` was read before. */
  constructor({ me, readTo }) {
    this.#me = me;
    this.#readTo = readTo;
  }

  /** The number of known unread messages of others. */
  get count() {
    return this.#count;
  }

  /** Whether there are unread messages that are not known. */
  get areMore() {
    return this.#areMore;
  }

  /** The number up to which everything was read. */
  get readTo() {
    return this.#readTo;
  }

  /** The number after which the divider is, or null. */
  get dividerAfter() {
    return this.#dividerAfter;
  }

  /** Everything up to a number was read. */
  read(seq) {
    this.#readTo = Math.max(this.#readTo, seq);
  }

  /** The connection was lost. */
  disconnected() {
    this.#wasAway = true;
  }

  /** Takes messages that were sent during an absence. The divider is above the first one, even if it is read at once. */
  messagesMissed(messages) {
    const first = messages.find((message) => this.#isOthers(message));
    if (!this.#wasAway || first === undefined) return;
    this.#wasAway = false;
    if (this.#count === 0) this.#dividerAfter = first.seq - 1;
  }

  /** Counts again. The divider stays until everything was read and new messages arrive. */
  recount(log) {
    const wereNone = this.#count === 0;
    const fresh = log.messages.slice(log.indexOf(this.#readTo + 1));
    const unread = fresh.filter((message) => this.#isOthers(message));
    this.#count = unread.length;
    this.#areMore = !log.isCompleteAfter(this.#readTo);
    if (wereNone && unread.length > 0) this.#dividerAfter = this.#areMore ? this.#readTo : unread[0].seq - 1;
  }

  removeDivider() {
    this.#dividerAfter = null;
  }

  #isOthers({ sender }) {
    return sender?.id !== this.#me.id;
  }
}

/** How far the user has read, in the browser's storage: all tabs share it, and a reload keeps it. It never decreases. */
export class ReadMark {
  #storage;
  #key;
  #written = -1;

  constructor({ storage, user, room }) {
    this.#storage = storage;
    this.#key = `natter.read.${user}.${room}`;
  }

  /** The number up to which everything was read, or null if it is unknown. */
  get seq() {
    const kept = readJson(this.#storage, this.#key);
    return Number.isSafeInteger(kept) ? kept : null;
  }

  /** Stores that everything up to a number was read. */
  move(seq) {
    if (seq <= this.#written) return;
    this.#written = seq;
    if (seq > (this.seq ?? -1)) writeJson(this.#storage, this.#key, seq);
  }

  /** Calls `action(seq)` when another tab moved it, until `signal` aborts. */
  whenMoved(window, action, signal) {
    const changed = ({ key }) => key === this.#key && this.seq !== null && action(this.seq);
    window.addEventListener('storage', changed, { signal });
  }
}
