/**
 * How many messages to ask for at once: fewer over a link on which an answer takes long, more again where it is quick.
 * Knows no link.
 */

const MOST = 100;
const LEAST = 5;

/** An answer within the one is quick, after the other it takes long: all else waits behind it. */
const QUICK_MS = 2_500;
const LONG_MS = 10_000;

export class PageSize {
  #limit = MOST;

  get limit() {
    return this.#limit;
  }

  /** An answer came after so long. */
  answered(ms) {
    if (ms <= QUICK_MS) this.#limit = Math.min(this.#limit * 2, MOST);
    if (ms > LONG_MS) this.missed();
  }

  /** No answer came. */
  missed() {
    this.#limit = Math.max(Math.floor(this.#limit / 2), LEAST);
  }
}
