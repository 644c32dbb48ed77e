/**
 * Replaces Web Locks, which browsers do not have over plain http: a page writes its claim of a name into `localStorage`,
 * removes it when it is closed, and answers other pages that ask for it. A claim without an answer belongs to a
 * crashed page. Claims do not expire, because browsers may stop the timers of hidden pages.
 */

import { schedule as scheduleTimer } from '../schedule.js';
import { keysFrom, readJson, writeJson } from '../storage.js';

/** A running page answers within this time, also while it is hidden. */
const ANSWER_TIMEOUT_MS = 1_000;

const PREFIX = 'natter.claim.';

export class StorageLocks {
  #storage;
  #channel;
  #page;
  #schedule;
  #held = new Set();
  #waiting = new Map();

  /** `channel` reaches the other pages of this browser; `page` is a unique name. */
  constructor({ storage, channel, page, window, schedule = scheduleTimer }) {
    this.#storage = storage;
    this.#channel = channel;
    this.#page = page;
    this.#schedule = schedule;
    channel.onmessage = ({ data }) => this.#received(data);
    window.addEventListener('pagehide', () => this.#held.forEach((name) => this.#write(name, null)));
    window.addEventListener('pageshow', () => this.#held.forEach((name) => this.#write(name, page)));
    this.#removeAbandoned();
  }

  /** Like `navigator.locks.request` with `ifAvailable`: holds the name until the promise of `granted` settles. */
  async request(name, _options, granted) {
    if (this.#held.has(name) || !(await this.#isFree(name))) return granted(null);
    this.#held.add(name);
    // If the storage is not available, nothing is shared with other pages either.
    this.#write(name, this.#page);
    try {
      return await granted({ name });
    } finally {
      this.#held.delete(name);
      this.#write(name, null);
    }
  }

  /** If two pages ask at the same time, and no page answers, the first one gets the name. */
  async #isFree(name) {
    const before = this.#read(name);
    if (before === null) return true;
    const isAnswered = await new Promise((resolve) => {
      this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
      this.#channel.postMessage({ ask: name });
      this.#schedule(ANSWER_TIMEOUT_MS, () => this.#resolve(name, false));
    });
    const now = this.#read(name);
    return !isAnswered && (now === null || now === before) && !this.#held.has(name);
  }

  #received({ ask, held }) {
    if (this.#held.has(ask)) this.#channel.postMessage({ held: ask });
    this.#resolve(held, true);
  }

  #resolve(name, isAnswered) {
    this.#waiting.get(name)?.forEach((resolve) => resolve(isAnswered));
    this.#waiting.delete(name);
  }

  /** Removes the claims of crashed pages. */
  #removeAbandoned() {
    const names = keysFrom(this.#storage, PREFIX).map((key) => key.slice(PREFIX.length));
    for (const name of names) this.#isFree(name).then((isFree) => isFree && this.#write(name, null));
  }

  #read(name) {
    return readJson(this.#storage, PREFIX + name);
  }

  #write(name, page) {
    writeJson(this.#storage, PREFIX + name, page);
  }
}
