/**
 * Tells that somebody is writing: at most each 3 seconds, and only while the text changes and is one. The server
 * forgets it by itself after 6, and at once with each message. Knows no page and no socket.
 */

const AT_MOST_EACH_MS = 3_000;

export class TypingNotice {
  #say;
  #now;
  #last = -Infinity;

  /** `say()` tells it; `now()` is a clock in milliseconds. */
  constructor({ say, now = () => performance.now() }) {
    this.#say = say;
    this.#now = now;
  }

  /** The text was changed by the one who writes. */
  edited(text) {
    const now = this.#now();
    if (text.trim() === '' || now - this.#last < AT_MOST_EACH_MS) return;
    this.#last = now;
    this.#say();
  }

  /** The text became a message, which ended it for the others: whoever writes on is told of again. */
  sent() {
    this.#last = -Infinity;
  }
}
