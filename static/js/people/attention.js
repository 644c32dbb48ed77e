/**
 * Whether somebody is before this page: away once it has been hidden for five minutes, here as soon as it is seen.
 * Knows no socket.
 */

import { after } from '../after.js';

const AWAY_AFTER_MS = 5 * 60_000;

export class Attention {
  #document;
  #changed;
  #schedule;
  #cancel;
  #timer = null;
  #isAway = false;

  /** `changed(isAway)` is called at each change. `document` has `hidden` and tells of `visibilitychange`. */
  constructor({
    document,
    changed,
    schedule = after,
    cancel = (timer) => clearTimeout(timer),
  }) {
    this.#document = document;
    this.#changed = changed;
    this.#schedule = schedule;
    this.#cancel = cancel;
    document.addEventListener('visibilitychange', () => this.#look());
    this.#look();
  }

  get isAway() {
    return this.#isAway;
  }

  #look() {
    if (this.#timer !== null) this.#cancel(this.#timer);
    this.#timer = null;
    if (!this.#document.hidden) this.#become(false);
    else if (!this.#isAway) this.#timer = this.#schedule(AWAY_AFTER_MS, () => this.#become(true));
  }

  #become(isAway) {
    if (this.#isAway === isAway) return;
    this.#isAway = isAway;
    this.#changed(isAway);
  }
}
