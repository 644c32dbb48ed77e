/**
 * The user's messages that are not known to be stored by the server, in order. Saves them with each change. Does not
 * decide about sending.
 */

/**
 * @typedef {object} Item
 * @property {string} id
 * @property {string} room
 * @property {string} text
 * @property {Date} writtenAt
 * @property {'pending' | 'stored' | 'failed' | 'discarded'} state
 * @property {boolean} waiting whether it waits for the connection
 * @property {boolean} isRestored whether it was loaded from the storage, and not sent by the user in this page
 * @property {boolean} kept whether it is in the storage
 * @property {object | null} refusal the server's answer, when failed
 * @property {object} [entry] the server's entry, when stored with an ack
 */

export class SendQueue {
  #save;
  #changed;
  #pending = [];
  #failed = new Map();

  /** `save(items)` stores these items and no others, and returns whether that worked; `changed(item)` gets each change. */
  constructor({ save, changed }) {
    this.#save = save;
    this.#changed = changed;
  }

  /** The failed items, then the pending ones. */
  get items() {
    return [...this.#failed.values(), ...this.#pending];
  }

  /** The items to send, in order. */
  get pending() {
    return [...this.#pending];
  }

  /** Whether closing the page would lose an item. */
  get hasUnsaved() {
    return this.items.some(({ kept }) => !kept);
  }

  /** Returns the item with this id, or undefined. */
  find(id) {
    return this.#failed.get(id) ?? this.#pending.find((item) => item.id === id);
  }

  /** Puts items where they belong by their state: pending ones last, failed ones apart, others nowhere. */
  put(...items) {
    for (const item of items) {
      this.#failed.delete(item.id);
      this.#pending = this.#pending.filter((other) => other !== item);
      if (item.state === 'failed') this.#failed.set(item.id, item);
      if (item.state === 'pending') this.#pending.push(item);
    }
    const saved = this.#saveAll();
    for (const item of new Set([...items, ...saved])) this.#changed(item);
  }

  /** Removes all items without reporting a change. */
  clear() {
    this.#pending = [];
    this.#failed.clear();
    this.#saveAll();
  }

  /** Returns the items that could not be saved before: a full storage may have space again. */
  #saveAll() {
    if (!this.#save(this.items)) return [];
    const saved = this.items.filter(({ kept }) => !kept);
    for (const item of saved) item.kept = true;
    return saved;
  }
}
