/**
 * Has read what is missing near somebody who scrolls, older messages and gaps alike, and says at the top of the list
 * how that stands.
 */

import { missingNear } from './near.js';
import * as texts from '../texts.js';

const RETRY_MS = 2_000;

export class Older {
  #line;
  #log;
  #sync;
  #view;
  #isReading = false;
  #retry = null;

  constructor({ line, log, sync, view }) {
    this.#line = line;
    this.#log = log;
    this.#sync = sync;
    this.#view = view;
  }

  /** Reads page after page until nothing near is missing. */
  async readWhileNear() {
    if (this.#isReading) return;
    this.#isReading = true;
    clearTimeout(this.#retry);
    let last = null;
    for (let next = this.#next(); next !== null && !isSame(next, last); next = this.#next()) {
      this.#show();
      if (!(await this.#read(next))) {
        this.#retry = setTimeout(() => this.readWhileNear(), RETRY_MS);
        break;
      }
      last = next;
    }
    this.#isReading = false;
    this.#show();
  }

  #show() {
    const isLoading = this.#isReading && this.#next()?.before === this.#log.first;
    const atStart = this.#view.showsStart && this.#log.startReached ? texts.older.start : '';
    const words = isLoading ? texts.older.loading : atStart;
    if (this.#line.textContent !== words) this.#line.textContent = words;
  }

  #next() {
    const { seen } = this.#view;
    return seen && missingNear(this.#log, seen);
  }

  #read({ before, after }) {
    return before === undefined ? this.#sync.readAfter(after) : this.#sync.readBefore(before);
  }
}

const isSame = (one, other) => one.before === other?.before && one.after === other?.after;
