/**
 * Loads the messages that are missing near the reader, older ones and gaps alike, and shows the progress at the top of
 * the list.
 */

import * as texts from '../texts.js';

/** Messages within this distance of the visible ones are loaded. */
const NEAR_MESSAGES = 25;
const RETRY_DELAY_MS = 2_000;

export class Backfill {
  #line;
  #log;
  #sync;
  #view;
  #schedule;
  #isLoading = false;
  #cancelRetry = () => {};

  constructor({ line, log, sync, view, schedule }) {
    this.#line = line;
    this.#log = log;
    this.#sync = sync;
    this.#view = view;
    this.#schedule = schedule;
  }

  /** Loads page after page until nothing is missing near the reader. */
  async run() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#cancelRetry();
    let last = null;
    for (let next = this.#next(); next !== null && !isSame(next, last); next = this.#next()) {
      this.#render();
      if (!(await this.#load(next))) {
        this.#cancelRetry = this.#schedule(RETRY_DELAY_MS, () => this.run());
        break;
      }
      last = next;
    }
    this.#isLoading = false;
    this.#render();
  }

  #render() {
    const isLoadingOlder = this.#isLoading && this.#next()?.before === this.#log.first;
    const start = this.#view.showsStart && this.#log.isStartKnown ? texts.backfill.start : '';
    const words = isLoadingOlder ? texts.backfill.loading : start;
    if (this.#line.textContent !== words) this.#line.textContent = words;
  }

  #next() {
    const { visible } = this.#view;
    return visible && nearestMissing(this.#log, visible);
  }

  #load({ before, after }) {
    return before === undefined ? this.#sync.readAfter(after) : this.#sync.readBefore(before);
  }
}

/**
 * Returns what to load next as `{ before }` or `{ after }`, a known number, or null if nothing is missing near the visible
 * messages, given by the indexes of the first, the middle and the last one. A gap is filled towards the reader.
 */
export function nearestMissing(log, { first, middle, last }) {
  for (let distance = 0; distance <= last - first + NEAR_MESSAGES; distance += 1) {
    const above = middle - distance >= first - NEAR_MESSAGES ? log.gapBefore(middle - distance) : null;
    if (above !== null) return { before: above.before };
    const below = middle + distance < last + NEAR_MESSAGES ? log.gapBefore(middle + distance + 1) : null;
    if (below !== null) return { after: below.after };
  }
  return first < NEAR_MESSAGES && !log.isStartKnown ? { before: log.first } : null;
}

const isSame = (one, other) => one.before === other?.before && one.after === other?.after;
