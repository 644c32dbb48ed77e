/**
 * The messages that are known of a log, in the order of their numbers, each once. Knows no gaps.
 */

export class Messages {
  #all;

  constructor(all) {
    this.#all = [...all];
  }

  /** All of them. Not to be changed from outside. */
  get all() {
    return this.#all;
  }

  /** The index of the first one with this number or a later one. */
  indexOf(seq) {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#all[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts entries in their places. Returns the messages that were not known, in order. */
  put(entries) {
    // Other kinds, known later, have their number in the log but are nothing to read.
    const messages = entries.filter(({ kind }) => kind === 'message').sort((a, b) => a.seq - b.seq);
    return messages.filter((message) => {
      const index = this.indexOf(message.seq);
      const isKnown = this.#all[index]?.seq === message.seq;
      // One that was erased since it was first read is blank from now on.
      if (!isKnown || message.text === null) this.#all.splice(index, isKnown ? 1 : 0, message);
      return !isKnown;
    });
  }

  /** Takes some out. */
  remove(index, count) {
    this.#all.splice(index, count);
  }
}
