/**
 * What somebody has begun to write in a room, kept so that a reload does not lose it: for each tab its own, which goes
 * by the name of the tab's lane. A tab that begins with none takes over the newest of those whose tab is gone. Knows
 * no page.
 */

import { keysFrom, readJson, writeJson } from '../storage.js';

export class Draft {
  #storage;
  #prefix;
  #lanes;

  /** `lanes` are open: they know this tab's name, and whether another tab is gone. */
  constructor({ storage, user, room, lanes }) {
    this.#storage = storage;
    this.#prefix = `natter.draft.${user}.${room}.`;
    this.#lanes = lanes;
  }

  /** What was kept; nothing is an empty text. */
  load() {
    return this.#read(this.#lanes.name).text;
  }

  /** Keeps it as it stands now. A storage that is full keeps the one before. Returns whether that worked. */
  keep(text) {
    return this.#write(this.#lanes.name, text.trim() === '' ? null : { text, writtenAt: Date.now() });
  }

  /** Takes over what a tab that is gone has left, if this one has nothing. */
  async adopt() {
    for (const name of this.#others()) {
      if (this.load() !== '') return;
      await this.#lanes.ifOrphaned(name, () => this.keep(this.#read(name).text) && this.#write(name, null));
    }
  }

  /** Forgets this tab's and those of tabs that are gone. */
  async forget() {
    this.#write(this.#lanes.name, null);
    for (const name of this.#others()) await this.#lanes.ifOrphaned(name, () => this.#write(name, null));
  }

  /** The names of the others: first the one that this tab had before, then the newest. */
  #others() {
    const { name: own, previous } = this.#lanes;
    const names = keysFrom(this.#storage, this.#prefix).map((key) => key.slice(this.#prefix.length));
    const age = (name) => (name === previous ? -Infinity : -this.#read(name).writtenAt);
    return names.filter((name) => name !== own).sort((a, b) => age(a) - age(b));
  }

  /** What stands there may be of another version or of anybody's making. */
  #read(name) {
    const kept = readJson(this.#storage, this.#prefix + name);
    const { text, writtenAt } = kept ?? {};
    return { text: typeof text === 'string' ? text : '', writtenAt: Number.isFinite(writtenAt) ? writtenAt : 0 };
  }

  #write(name, value) {
    return writeJson(this.#storage, this.#prefix + name, value);
  }
}
