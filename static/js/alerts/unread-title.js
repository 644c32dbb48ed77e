/**
 * Counts in the window's title what came while nobody looked at the window.
 */

import { isLookedAt, whenLookedAt } from '../looking.js';
import * as texts from '../texts.js';

export class UnreadTitle {
  #window;
  #title;
  #count = 0;

  /** The title is what it is now, with a number before it. */
  constructor(window) {
    this.#window = window;
    this.#title = window.document.title;
    whenLookedAt(window, () => this.#clear());
  }

  /** So many messages of others came. */
  add(count) {
    if (isLookedAt(this.#window) || count === 0) return;
    this.#count += count;
    this.#window.document.title = texts.unreadTitle(this.#count, this.#title);
  }

  #clear() {
    this.#count = 0;
    this.#window.document.title = this.#title;
  }
}
