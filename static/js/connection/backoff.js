/**
 * Delays between attempts: exponential, with jitter, so that not all clients return to a recovered server at once.
 */

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 10_000;

export class Backoff {
  #attempts = 0;
  #random;

  constructor(random = Math.random) {
    this.#random = random;
  }

  /** Returns the delay before the next attempt in milliseconds: 50 to 100 % of a value that doubles each time. */
  next() {
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.#attempts, MAX_DELAY_MS);
    this.#attempts += 1;
    return Math.round(delay * (0.5 + this.#random() / 2));
  }

  /** Called after a success: the next delay is the first one again. */
  reset() {
    this.#attempts = 0;
  }
}
