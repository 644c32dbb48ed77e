/**
 * A line that is only heard: what is put there is read out by a screen reader, and gone again a little later.
 */

/** Long enough to be read out; what stays would be found by somebody who walks through the page. */
const GONE_AFTER_MS = 5_000;

export class SpokenLine {
  #line;
  #timer = null;

  constructor(line) {
    this.#line = line;
  }

  say(sentence) {
    clearTimeout(this.#timer);
    this.#line.textContent = sentence;
    this.#timer = setTimeout(() => {
      this.#line.textContent = '';
    }, GONE_AFTER_MS);
  }
}
