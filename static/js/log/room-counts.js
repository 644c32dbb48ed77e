/**
 * How many messages of others are unread in one room, and how many of them name the reader: what the server counted, and
 * the live entries since. Exact although a live entry and a count of the server may cross on their way. Does not access
 * the page and requests nothing.
 */

/** As the server's counts, these end here. */
export const MAX_COUNT = 100;

export class RoomCounts {
  #me;
  #isDirect = false;
  #readSeq = null;
  /** What the server counted, up to the entry `#countedTo`. */
  #counted = { unread: 0, mentions: 0 };
  #countedTo = 0;
  /** The unread messages after `#countedTo`: `{seq, isMention}`, in order, at most `MAX_COUNT`. */
  #live = [];
  #lastSeq = 0;

  /** `me` is the id of the reader. */
  constructor({ me }) {
    this.#me = me;
  }

  get unread() {
    return Math.min(this.#counted.unread + this.#live.length, MAX_COUNT);
  }

  /** In a direct room each message is for the reader. */
  get mentions() {
    if (this.#isDirect) return this.unread;
    const live = this.#live.filter(({ isMention }) => isMention).length;
    return Math.min(this.#counted.mentions + live, MAX_COUNT);
  }

  /** The number up to which everything was read, or null if the reader is not a member of the room. */
  get readSeq() {
    return this.#readSeq;
  }

  /** The number of the last entry that was heard of. */
  get lastSeq() {
    return this.#lastSeq;
  }

  /** Takes the server's `Room`, which replaces everything but the entries that it did not know. */
  reset({ kind, read_seq: readSeq = null, unread = 0, mentions = 0, last_seq: lastSeq }) {
    this.#isDirect = kind === 'direct';
    this.#readSeq = readSeq;
    this.#count({ unread, mentions }, lastSeq);
  }

  /** Takes live entries of the room, in order. Returns whether that changed a count. */
  received(entries) {
    const before = this.#live.length;
    for (const { seq, kind, sender, mentions = [] } of entries) {
      if (seq <= this.#lastSeq) continue;
      this.#lastSeq = seq;
      const isUnread = kind === 'message' && sender?.id !== this.#me && this.#readSeq !== null && seq > this.#readSeq;
      if (isUnread && this.#live.length < MAX_COUNT) {
        this.#live.push({ seq, isMention: mentions.some(({ id }) => id === this.#me) });
      }
    }
    return this.#live.length > before;
  }

  /** The reader has read up to a number, as the server or this page says: `last_seq` is the last entry in these counts. */
  moved({ seq, unread, mentions, last_seq: lastSeq }) {
    this.#readSeq = seq;
    this.#count({ unread, mentions }, lastSeq ?? Math.max(this.#countedTo, seq));
  }

  #count(counted, lastSeq) {
    this.#counted = counted;
    this.#countedTo = lastSeq;
    this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
    const from = Math.max(lastSeq, this.#readSeq ?? Infinity);
    this.#live = this.#live.filter(({ seq }) => seq > from);
  }
}
