/**
 * Counts in the window's title what came while the window was hidden.
 */

import * as texts from '../texts.js';

export class UnreadTitle {
  #document;
  #title;
  #count = 0;

  /** The title is what it is now, with a number before it. */
  constructor(document) {
    this.#document = document;
    this.#title = document.title;
    document.addEventListener('visibilitychange', () => this.#look());
  }

  /** So many messages of others came. */
  add(count) {
    if (!this.#document.hidden || count === 0) return;
    this.#count += count;
    this.#document.title = texts.unreadTitle(this.#count, this.#title);
  }

  #look() {
    if (this.#document.hidden) return;
    this.#count = 0;
    this.#document.title = this.#title;
  }
}
