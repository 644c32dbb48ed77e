/**
 * Has older messages read as somebody scrolls towards the start, and says at the top how that stands.
 */

import * as texts from './texts.js';

export class Older {
  #line;
  #pane;
  #sync;
  #isReading = false;

  constructor({ line, pane, sync }) {
    this.#line = line;
    this.#pane = pane;
    this.#sync = sync;
    pane.whenScrolled(() => this.readWhileNear());
  }

  /** Reads page after page until the start of what is shown is far enough away, or nothing is older. */
  async readWhileNear() {
    if (this.#isReading) return;
    this.#isReading = true;
    while (!this.#sync.startReached && this.#pane.isNearStart) {
      this.#line.textContent = texts.older.loading;
      if (!(await this.#sync.readBack())) break;
    }
    this.#line.textContent = this.#sync.startReached ? texts.older.start : '';
    this.#isReading = false;
  }
}
