/**
 * Whether the user is away from this page: after it has been hidden for five minutes, until it is visible again. Does
 * not access the socket.
 */

import { schedule as scheduleTimer } from '../schedule.js';

const AWAY_DELAY_MS = 5 * 60_000;

export class IdleDetector {
  #document;
  #changed;
  #schedule;
  #cancel = () => {};
  #isAway = false;

  /** `changed(isAway)` is called with each change, until `signal` aborts. */
  constructor({ document, changed, schedule = scheduleTimer, signal }) {
    this.#document = document;
    this.#changed = changed;
    this.#schedule = schedule;
    document.addEventListener('visibilitychange', () => this.#check(), { signal });
    this.#check();
  }

  get isAway() {
    return this.#isAway;
  }

  #check() {
    this.#cancel();
    if (!this.#document.hidden) this.#set(false);
    else if (!this.#isAway) this.#cancel = this.#schedule(AWAY_DELAY_MS, () => this.#set(true));
  }

  #set(isAway) {
    if (this.#isAway === isAway) return;
    this.#isAway = isAway;
    this.#changed(isAway);
  }
}
