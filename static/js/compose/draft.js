/**
 * The text that the user has begun to write in a room, stored so that a reload does not lose it: one for each tab, under
 * the name of the tab's outbox. A tab without one adopts the newest draft of a closed tab. Does not access the page.
 */

import { keysFrom, readJson, writeJson } from '../storage.js';

const prefixOf = (user) => `natter.draft.${user}.`;

export class Draft {
  #storage;
  #prefix;
  #outboxes;

  /** `outboxes` are open: they know this tab's name, and whether another tab is closed. */
  constructor({ storage, user, room, outboxes }) {
    this.#storage = storage;
    this.#prefix = `${prefixOf(user)}${room}.`;
    this.#outboxes = outboxes;
  }

  /** Returns the stored text, or an empty one. */
  load() {
    return this.#read(this.#outboxes.name).text;
  }

  /** Stores a text. Returns whether that worked: a full storage keeps the previous text. */
  store(text) {
    return this.#write(this.#outboxes.name, text.trim() === '' ? null : { text, writtenAt: Date.now() });
  }

  /** Moves the draft of a closed tab to this tab if this one has none. */
  async adopt() {
    for (const name of this.#others()) {
      if (this.load() !== '') return;
      await this.#outboxes.ifClosed(name, () => this.store(this.#read(name).text) && this.#write(name, null));
    }
  }

  /** The names of other tabs: first the one that this tab had before, then the newest. */
  #others() {
    const { name: own, previous } = this.#outboxes;
    const names = keysFrom(this.#storage, this.#prefix).map((key) => key.slice(this.#prefix.length));
    const age = (name) => (name === previous ? -Infinity : -this.#read(name).writtenAt);
    return names.filter((name) => name !== own).sort((a, b) => age(a) - age(b));
  }

  /** Another release, or anything else, may have written the storage. */
  #read(name) {
    const stored = readJson(this.#storage, this.#prefix + name);
    const { text, writtenAt } = stored ?? {};
    return { text: typeof text === 'string' ? text : '', writtenAt: Number.isFinite(writtenAt) ? writtenAt : 0 };
  }

  #write(name, value) {
    return writeJson(this.#storage, this.#prefix + name, value);
  }
}

/** Removes a user's drafts in all rooms, of this tab and of closed ones. */
export async function forgetDrafts({ storage, user, outboxes }) {
  for (const key of keysFrom(storage, prefixOf(user))) {
    const name = key.slice(key.lastIndexOf('.') + 1);
    if (name === outboxes.name) writeJson(storage, key, null);
    else await outboxes.ifClosed(name, () => writeJson(storage, key, null));
  }
}
