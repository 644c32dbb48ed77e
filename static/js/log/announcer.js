/**
 * What is read out of that which comes: a few messages one by one, by the log itself; many, and those that are not in
 * the page, as their number; and that a message of one's own failed. Knows no page.
 */

import { after } from '../after.js';

/** More than so many within this are a burst. */
const BURST = 5;
const BURST_MS = 1_000;

/** A number is said once nothing more came for this long, but is not put off for longer than that. */
const CALM_MS = 1_000;
const LATEST_MS = 5_000;

export class Announcer {
  #say;
  #words;
  #now;
  #schedule;
  #recent = [];
  #unsaid = 0;
  #areMore = false;
  #unsaidSince = 0;
  #lastAt = 0;
  #isWaiting = false;

  /** `say(sentence)` has a sentence read out; `words(count, areMore)` is the sentence for so many messages. */
  constructor({ say, words, now = Date.now, schedule = after }) {
    this.#say = say;
    this.#words = words;
    this.#now = now;
    this.#schedule = schedule;
  }

  /** So many messages came. Returns whether the log is to read them out itself, which it can if `isInLog`. */
  arrived(count, { isInLog }) {
    const now = this.#now();
    this.#recent = this.#recent.filter((at) => now - at < BURST_MS);
    for (let i = 0; i < count && this.#recent.length <= BURST; i += 1) this.#recent.push(now);
    const areFew = this.#recent.length <= BURST && this.#unsaid === 0;
    if (isInLog && areFew) return true;
    this.count(count);
    return false;
  }

  /** So many messages came that the log will not read out, or more if `areMore`. */
  count(count, { areMore = false } = {}) {
    if (count === 0) return;
    this.#areMore ||= areMore;
    this.#lastAt = this.#now();
    if (this.#unsaid === 0) this.#unsaidSince = this.#lastAt;
    this.#unsaid += count;
    this.#wait(CALM_MS);
  }

  /** Says a sentence at once. */
  tell(sentence) {
    this.#say(sentence);
  }

  #wait(ms) {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#schedule(ms, () => {
      this.#isWaiting = false;
      this.#sayOrWait();
    });
  }

  #sayOrWait() {
    const now = this.#now();
    const calmIn = this.#lastAt + CALM_MS - now;
    const latestIn = this.#unsaidSince + LATEST_MS - now;
    if (calmIn > 0 && latestIn > 0) {
      this.#wait(Math.min(calmIn, latestIn));
      return;
    }
    this.#say(this.#words(this.#unsaid, this.#areMore));
    this.#unsaid = 0;
    this.#areMore = false;
  }
}
