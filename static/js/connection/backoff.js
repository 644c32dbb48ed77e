/**
 * How long to wait before the next try: longer each time, and never the same for everybody, so that a server that
 * comes back is not met by all its clients in one moment.
 */

const FIRST_MS = 1_000;
const LONGEST_MS = 10_000;

export class Backoff {
  #tries = 0;
  #random;

  constructor(random = Math.random) {
    this.#random = random;
  }

  /** Milliseconds until the next try, between a half and the whole of a span that doubles. */
  next() {
    const span = Math.min(FIRST_MS * 2 ** this.#tries, LONGEST_MS);
    this.#tries += 1;
    return Math.round(span * (0.5 + this.#random() / 2));
  }

  /** It worked: the next failure begins anew. */
  reset() {
    this.#tries = 0;
  }
}
