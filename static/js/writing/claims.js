/**
 * Stands in for Web Locks where browsers have none, over plain http in a house network: a page claims a name in the
 * `localStorage`, gives it back as it goes, and answers others that ask for it. A claim to which nobody answers is one
 * of a page that crashed. As a page's clock may be stopped while nobody sees it, no claim ends by its age.
 */

import { after } from '../after.js';
import { keysFrom, readJson, writeJson } from '../storage.js';

/** A page that lives answers sooner, also one that is hidden. */
const ANSWER_MS = 1_000;

const PREFIX = 'natter.claim.';

export class Claims {
  #storage;
  #channel;
  #page;
  #schedule;
  #own = new Set();
  #asked = new Map();

  /** `channel` reaches the other pages of this browser, `page` is a name that no other one has. */
  constructor({ storage, channel, page, window, schedule = after }) {
    this.#storage = storage;
    this.#channel = channel;
    this.#page = page;
    this.#schedule = schedule;
    channel.onmessage = ({ data }) => this.#hear(data);
    window.addEventListener('pagehide', () => this.#own.forEach((name) => this.#write(name, null)));
    window.addEventListener('pageshow', () => this.#own.forEach((name) => this.#write(name, page)));
    this.#clear();
  }

  /** As `navigator.locks.request` with `ifAvailable`: the name is held until what `granted` returns is over. */
  async request(name, _options, granted) {
    if (this.#own.has(name) || !(await this.#isFree(name))) return granted(null);
    this.#own.add(name);
    // Where nothing can be kept, nothing is shared either.
    this.#write(name, this.#page);
    try {
      return await granted({ name });
    } finally {
      this.#own.delete(name);
      this.#write(name, null);
    }
  }

  /** Of two pages that wait for the same answer in vain, the first one gets the name. */
  async #isFree(name) {
    const before = this.#read(name);
    if (before === null) return true;
    const isAnswered = await new Promise((resolve) => {
      this.#asked.set(name, [...(this.#asked.get(name) ?? []), resolve]);
      this.#channel.postMessage({ ask: name });
      this.#schedule(ANSWER_MS, () => this.#settle(name, false));
    });
    const now = this.#read(name);
    return !isAnswered && (now === null || now === before) && !this.#own.has(name);
  }

  #hear({ ask, held }) {
    if (this.#own.has(ask)) this.#channel.postMessage({ held: ask });
    this.#settle(held, true);
  }

  #settle(name, isAnswered) {
    this.#asked.get(name)?.forEach((resolve) => resolve(isAnswered));
    this.#asked.delete(name);
  }

  /** What crashed pages have left would stay for good. */
  #clear() {
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
