/**
 * Runs an action once before the next picture, however often it was asked for. Knows no page.
 */

/** A page that nobody sees gets no pictures. */
const UNSEEN_MS = 500;

export class Frame {
  #action;
  #frame = null;
  #timer = null;

  constructor(action) {
    this.#action = action;
  }

  ask() {
    if (this.#frame !== null) return;
    this.#frame = requestAnimationFrame(() => this.#run());
    this.#timer = setTimeout(() => this.#run(), UNSEEN_MS);
  }

  #run() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = null;
    this.#action();
  }
}
