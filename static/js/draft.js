/**
 * What somebody has begun to write in a room, kept so that a reload does not lose it. Knows no page.
 */

import { readJson, writeJson } from './storage.js';

export class Draft {
  #storage;
  #key;

  constructor({ storage, user, room }) {
    this.#storage = storage;
    this.#key = `natter.draft.${user}.${room}`;
  }

  /** What was kept; nothing is an empty text. */
  load() {
    const kept = readJson(this.#storage, this.#key);
    return typeof kept === 'string' ? kept : '';
  }

  /** Keeps it as it stands now. A storage that is full keeps the one before. */
  keep(text) {
    writeJson(this.#storage, this.#key, text.trim() === '' ? null : text);
  }

  /** Forgets it. */
  clear() {
    writeJson(this.#storage, this.#key, null);
  }
}
