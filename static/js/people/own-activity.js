/**
 * What the user does in this page, for the other people of a room: whether the user is away, and when to send that the
 * user is typing. Does not access the socket.
 */

import { schedule as scheduleTimer } from '../schedule.js';

const AWAY_DELAY_MS = 5 * 60_000;

/** The server forgets after 6 seconds that a user is typing. */
const MIN_TYPING_INTERVAL_MS = 3_000;

/** Whether the user is away: after the page was hidden for five minutes, until it is visible again. */
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

/** Sends that the user is typing, at most once per interval, and only while the text changes and is not empty. */
export class TypingNotifier {
  #notify;
  #now;
  #lastAt = -Infinity;

  /** `notify()` sends it; `now()` is a clock in milliseconds. */
  constructor({ notify, now = () => performance.now() }) {
    this.#notify = notify;
    this.#now = now;
  }

  /** The user changed the text. */
  edited(text) {
    const now = this.#now();
    if (text.trim() === '' || now - this.#lastAt < MIN_TYPING_INTERVAL_MS) return;
    this.#lastAt = now;
    this.#notify();
  }

  /** The text was sent, so the server forgot it: the next change is sent at once. */
  sent() {
    this.#lastAt = -Infinity;
  }
}
