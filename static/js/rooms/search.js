/**
 * A search by the server while the user types: waits for a pause in typing, and drops the answers to older questions. Does
 * not access the page.
 */

import { schedule as scheduleTimer } from '../schedule.js';

/** Short enough not to be noticed, longer than the time between two keys. */
const TYPING_PAUSE_MS = 150;

export class Search {
  #ask;
  #show;
  #schedule;
  #cancel = () => {};
  #current = null;
  #next = null;
  #text = '';

  /** `ask({find, after})` resolves to `{items, next}` or to `{problem}`; `show({items, next, problem, isMore})` gets it. */
  constructor({ ask, show, schedule = scheduleTimer }) {
    this.#ask = ask;
    this.#show = show;
    this.#schedule = schedule;
  }

  /** Where the next page begins, or null if there is none. */
  get next() {
    return this.#next;
  }

  /** The user typed. */
  typed(text) {
    this.#cancel();
    this.#cancel = this.#schedule(TYPING_PAUSE_MS, () => this.start(text));
  }

  /** Searches at once. */
  start(text) {
    this.#text = text.trim();
    return this.#run({});
  }

  /** Shows the next page. */
  more() {
    return this.#next === null ? undefined : this.#run({ after: this.#next });
  }

  /** Drops what is on its way. */
  stop() {
    this.#cancel();
    this.#current = null;
  }

  async #run({ after }) {
    this.#cancel();
    const run = Symbol();
    this.#current = run;
    const find = this.#text === '' ? undefined : this.#text;
    const found = await this.#ask({ find, after });
    if (this.#current !== run) return;
    this.#next = found.next ?? null;
    this.#show({ items: [], ...found, next: this.#next, isMore: after !== undefined });
  }
}
