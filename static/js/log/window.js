/**
 * Which of the known messages stand in the page: a part without a hole, moved along as somebody scrolls. It is kept by
 * the messages' numbers, so it stays where it is while others become known or are forgotten. Knows no page.
 */

/** So many messages stand in the page at most. */
export const MOST_SHOWN = 300;

/** With fewer than this beyond what is seen, the window moves on. */
const MARGIN = 100;

export class Window {
  #log;
  #most;
  #margin;
  /** Numbers of the log; 0 and Infinity are its ends, wherever they are. */
  #from = 0;
  #to = Infinity;
  /** The numbers of a first and a last message that have to be in it, besides what is seen. */
  #held = null;

  /** It begins at the end. */
  constructor(log, { most = MOST_SHOWN, margin = MARGIN } = {}) {
    this.#log = log;
    this.#most = most;
    this.#margin = margin;
    this.toEnd();
  }

  /** The indexes of the first message in it and of the one after the last. */
  get bounds() {
    return { from: this.#log.indexOf(this.#from), to: this.#log.indexOf(this.#to) };
  }

  /** Whether it begins with the first known message. */
  get isAtStart() {
    return this.bounds.from === 0;
  }

  /** Whether it ends with the last message, and goes on to when more come. */
  get isAtEnd() {
    return this.#to === Infinity;
  }

  /** Has the messages from a `first` to a `last` number stay in it, or come, as it moves; null ends that. */
  hold(held) {
    this.#held = held;
  }

  /** Moves to the newest messages. */
  toEnd() {
    this.#set(this.#log.messages.length - this.#most);
  }

  /** Moves to the oldest known messages. */
  toStart() {
    this.#set(0);
  }

  /** Moves so that there is enough on both sides of what is seen, the indexes of a first and a last message. */
  follow({ first, last }) {
    const { from, to } = this.bounds;
    const total = this.#log.messages.length;
    const lacksOlder = from > 0 && first - from < this.#margin;
    const lacksNewer = !this.isAtEnd && to - 1 - last < this.#margin;
    if (!lacksOlder && !lacksNewer && this.#holds(first, last)) return;
    const spare = Math.max(this.#most - (last - first + 1), 0);
    this.#set(Math.min(first - (spare >>> 1), total - this.#most));
  }

  /** Whether what is held is in it, and no more besides that and what is seen than may be. */
  #holds(first, last) {
    const { from, to } = this.bounds;
    const held = this.#heldBounds;
    const between = Math.max(first - held.from, 0) + Math.max(held.to - last - 1, 0);
    return held.from >= from && held.to <= to && to - from <= this.#most + between;
  }

  get #heldBounds() {
    if (this.#held === null) return { from: Infinity, to: 0 };
    return { from: this.#log.indexOf(this.#held.first), to: this.#log.indexOf(this.#held.last + 1) };
  }

  #set(index) {
    const { messages } = this.#log;
    const held = this.#heldBounds;
    const from = Math.max(Math.min(index, held.from), 0);
    const to = Math.max(Math.max(index, 0) + this.#most, held.to);
    this.#from = from === 0 ? 0 : messages[from].seq;
    this.#to = to >= messages.length ? Infinity : messages[to].seq;
  }
}
