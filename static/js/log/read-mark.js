/**
 * How far somebody has read in a room, kept in the browser for all tabs and for after a reload. It never goes back.
 * Knows no page.
 */

import { readJson, writeJson } from '../storage.js';

export class ReadMark {
  #storage;
  #key;
  #moved = -1;

  constructor({ storage, user, room }) {
    this.#storage = storage;
    this.#key = `natter.read.${user}.${room}`;
  }

  /** The number up to which everything was read; null where nothing tells it. */
  get seq() {
    const kept = readJson(this.#storage, this.#key);
    return Number.isSafeInteger(kept) ? kept : null;
  }

  /** Notes that everything up to a number was read. */
  move(seq) {
    if (seq <= this.#moved) return;
    this.#moved = seq;
    if (seq > (this.seq ?? -1)) writeJson(this.#storage, this.#key, seq);
  }

  /** Calls back when another tab has moved it. */
  whenMoved(window, action) {
    window.addEventListener('storage', ({ key }) => key === this.#key && this.seq !== null && action(this.seq));
  }
}
