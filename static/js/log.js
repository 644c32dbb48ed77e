/**
 * What this page knows of a room's log: from which number to which it has everything, and that there is more.
 * Entries go in as they come, doubled, early or late; they come out once, in order. Knows no page, asks nobody.
 */

/** More early entries than this are not held: the log has them, and will be asked. */
const MAX_EARLY = 1_000;

export class RoomLog {
  #room;
  #first;
  #last;
  #end;
  #startReached;
  #early = new Map();

  /** `coveredTo` and `lastSeq` are those of the page of messages that stands there already. */
  constructor({ room, coveredTo, lastSeq }) {
    this.#room = room;
    this.#first = coveredTo;
    this.#last = lastSeq;
    this.#end = lastSeq;
    this.#startReached = coveredTo <= 1;
  }

  /** Every message from here … */
  get first() {
    return this.#first;
  }

  /** … to here is known. */
  get last() {
    return this.#last;
  }

  /** Whether there are entries that did not come. */
  get isBehind() {
    return this.#end > this.#last;
  }

  /** Whether there is nothing older. */
  get startReached() {
    return this.#startReached;
  }

  /** Takes entries that came by themselves. Returns the messages that may be shown now, in order. */
  hear(entries) {
    for (const entry of entries) {
      if (entry.room !== this.#room || entry.seq <= this.#last) continue;
      this.#end = Math.max(this.#end, entry.seq);
      if (this.#early.size < MAX_EARLY || entry.seq === this.#last + 1) this.#early.set(entry.seq, entry);
    }
    return this.#takeEarly().filter(isMessage);
  }

  /** Takes the news of where the log ends. */
  hearEnd({ room, last_seq: lastSeq }) {
    if (room === this.#room) this.#end = Math.max(this.#end, lastSeq);
  }

  /** Takes a page read forward from `last`. Returns the messages that may be shown now, in order. */
  acceptAfter({ messages, covered_to: coveredTo, last_seq: lastSeq }) {
    const fresh = messages
      .filter(({ seq }) => seq > this.#last && seq <= coveredTo)
      .sort((a, b) => a.seq - b.seq);
    this.#last = Math.max(this.#last, coveredTo);
    this.#end = Math.max(this.#end, this.#last, lastSeq);
    return [...fresh, ...this.#takeEarly()].filter(isMessage);
  }

  /** Takes a page read backward from `first`. Returns the messages before those already shown, in order. */
  acceptBefore({ messages, covered_to: coveredTo }) {
    const older = messages.filter(({ seq }) => seq < this.#first).sort((a, b) => a.seq - b.seq);
    this.#startReached = coveredTo >= this.#first || coveredTo <= 1;
    this.#first = Math.min(this.#first, coveredTo);
    return older.filter(isMessage);
  }

  #takeEarly() {
    const taken = [];
    while (this.#early.has(this.#last + 1)) {
      this.#last += 1;
      taken.push(this.#early.get(this.#last));
    }
    for (const seq of this.#early.keys()) if (seq <= this.#last) this.#early.delete(seq);
    return taken;
  }
}

/** Other kinds, known later, have their number in the log but are nothing to read. */
const isMessage = ({ kind }) => kind === 'message';
