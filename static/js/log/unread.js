/**
 * How far the user has read in a room, how many messages of others are unread, and where the divider "New" is. Does
 * not access the page.
 */

import { MAX_COUNT } from './room-counts.js';

export class Unread {
  #me;
  #readTo;
  #unread = [];
  #areMore = false;
  #lastSeq = 0;
  #dividerAfter;
  /** Whether the divider is where it was before a reload, so that the first count does not move it. */
  #isDividerKept;
  #wasAway = false;
  /** Whether the user marked messages as unread: then what is visible does not count as read. */
  #isHeld = false;

  /** Everything up to the number `readTo` was read before. `dividerAfter` is where the divider was before a reload. */
  constructor({ me, readTo, dividerAfter = null }) {
    this.#me = me;
    this.#readTo = readTo;
    this.#dividerAfter = dividerAfter;
    this.#isDividerKept = dividerAfter !== null;
  }

  /** The number of known unread messages of others. */
  get count() {
    return this.#unread.length;
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

  /** How far the user has read, with the counts if they are exact: as `RoomCounts.moved` takes it. */
  get position() {
    const seq = this.#readTo;
    if (this.#areMore) return { seq };
    const mentions = this.#unread.filter((message) => message.mentions?.some(({ id }) => id === this.#me.id));
    const [unread, naming] = [this.#unread, mentions].map(({ length }) => Math.min(length, MAX_COUNT));
    return { seq, unread, mentions: naming, last_seq: this.#lastSeq };
  }

  /** The user has seen everything up to a number. */
  seen(seq) {
    if (!this.#isHeld) this.#readTo = Math.max(this.#readTo, seq);
  }

  /** The user says that everything up to a number was read, here or elsewhere. */
  read(seq) {
    this.#isHeld = false;
    this.seen(seq);
  }

  /** The user says that everything after a number is unread. It remains so until the user says otherwise. */
  markUnread(seq) {
    this.#isHeld = true;
    this.#readTo = seq;
    this.#unread = [];
  }

  /** The connection was lost. */
  disconnected() {
    this.#wasAway = true;
  }

  /** Takes messages that were sent during an absence. The divider is above the first one, even if it is read at once. */
  messagesMissed(messages) {
    const first = messages.find((message) => message.seq > this.#readTo && this.#isOthers(message));
    if (!this.#wasAway || first === undefined) return;
    this.#wasAway = false;
    if (this.count === 0) this.#dividerAfter = first.seq - 1;
  }

  /** Counts again. The divider stays until everything was read and new messages arrive. */
  recount(log) {
    const wereNone = this.count === 0 && !this.#isDividerKept;
    const fresh = log.messages.slice(log.indexOf(this.#readTo + 1));
    this.#unread = fresh.filter((message) => this.#isOthers(message));
    this.#areMore = !log.isCompleteAfter(this.#readTo);
    this.#lastSeq = log.last;
    this.#isDividerKept = false;
    if (wereNone && this.count > 0) this.#dividerAfter = this.#areMore ? this.#readTo : this.#unread[0].seq - 1;
  }

  removeDivider() {
    this.#dividerAfter = null;
  }

  #isOthers({ sender }) {
    return sender?.id !== this.#me.id;
  }
}
