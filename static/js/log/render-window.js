/**
 * Which of the known messages are in the page: a contiguous part that moves as the user scrolls. It is defined by
 * the messages' numbers, so it stays where it is while other messages are added or forgotten. Does not access the page.
 */

/** The maximum number of messages in the page. */
export const MAX_RENDERED = 300;

/** The window moves when there are fewer messages than this beyond the visible ones. */
const MARGIN_ROWS = 100;

export class RenderWindow {
  #log;
  #size;
  #margin;
  /** Numbers of the log; 0 and Infinity are its ends. */
  #from = 0;
  #to = Infinity;
  /** The numbers of the first and the last message that must be included, besides the visible ones. */
  #held = null;

  /** The window starts at the end of the log. */
  constructor(log, { size = MAX_RENDERED, margin = MARGIN_ROWS } = {}) {
    this.#log = log;
    this.#size = size;
    this.#margin = margin;
    this.toEnd();
  }

  /** The index of the first message in it, and the one after the last. */
  get bounds() {
    return { from: this.#log.indexOf(this.#from), to: this.#log.indexOf(this.#to) };
  }

  /** Whether it begins with the first known message. */
  get isAtStart() {
    return this.bounds.from === 0;
  }

  /** Whether it ends with the last message, and follows new ones. */
  get isAtEnd() {
    return this.#to === Infinity;
  }

  /** Includes the messages from a `first` to a `last` number from the next move on; null ends that. */
  hold(held) {
    this.#held = held;
  }

  /** Moves to the newest messages. */
  toEnd() {
    this.#set(this.#log.messages.length - this.#size);
  }

  /** Moves to the oldest known messages. */
  toStart() {
    this.#set(0);
  }

  /** Moves so that the message at an index is in the middle, as far as there are messages. */
  toIndex(index) {
    this.#set(Math.min(index - (this.#size >>> 1), this.#log.messages.length - this.#size));
  }

  /** Moves if there are too few messages around the visible ones, given by the indexes of the first and the last. */
  follow({ first, last }) {
    const { from, to } = this.bounds;
    const total = this.#log.messages.length;
    const lacksOlder = from > 0 && first - from < this.#margin;
    const lacksNewer = !this.isAtEnd && to - 1 - last < this.#margin;
    if (!lacksOlder && !lacksNewer && this.#fits(first, last)) return;
    const spare = Math.max(this.#size - (last - first + 1), 0);
    this.#set(Math.min(first - (spare >>> 1), total - this.#size));
  }

  /** Whether the held messages are included, with no more others than needed. */
  #fits(first, last) {
    const { from, to } = this.bounds;
    const held = this.#heldBounds;
    const between = Math.max(first - held.from, 0) + Math.max(held.to - last - 1, 0);
    return held.from >= from && held.to <= to && to - from <= this.#size + between;
  }

  get #heldBounds() {
    if (this.#held === null) return { from: Infinity, to: 0 };
    return { from: this.#log.indexOf(this.#held.first), to: this.#log.indexOf(this.#held.last + 1) };
  }

  #set(index) {
    const { messages } = this.#log;
    const held = this.#heldBounds;
    const from = Math.max(Math.min(index, held.from), 0);
    const to = Math.max(Math.max(index, 0) + this.#size, held.to);
    this.#from = from === 0 ? 0 : messages[from].seq;
    this.#to = to >= messages.length ? Infinity : messages[to].seq;
  }
}
