/**
 * The messages that one has written and that are not surely stored, in their order, kept outside the page at each
 * change. Decides nothing about sending.
 */

/**
 * @typedef {object} Item
 * @property {string} id
 * @property {string} text
 * @property {Date} writtenAt
 * @property {'pending' | 'stored' | 'failed'} state
 * @property {boolean} waiting whether it waits for the connection
 * @property {boolean} isRestored whether it was kept, and nobody sent it in this page
 * @property {boolean} kept whether it would survive the page
 * @property {object | null} refusal the server's answer, when failed
 */

export class Unsent {
  #keep;
  #changed;
  #queue = [];
  #failed = new Map();

  /** `keep(items)` keeps these and no others, and returns whether it did; `changed(item)` is told of each change. */
  constructor({ keep, changed }) {
    this.#keep = keep;
    this.#changed = changed;
  }

  /** Those that failed before those that are to be sent. */
  get items() {
    return [...this.#failed.values(), ...this.#queue];
  }

  /** Those that are to be sent, in order. */
  get queue() {
    return [...this.#queue];
  }

  /** Whether some of them would be lost with the page. */
  get hasUnkept() {
    return this.items.some(({ kept }) => !kept);
  }

  /** The item of this id, or undefined. */
  find(id) {
    return this.#failed.get(id) ?? this.#queue.find((item) => item.id === id);
  }

  /** Puts items where their state belongs: the pending last, the stored nowhere. Tells of them once they are kept. */
  put(...items) {
    for (const item of items) {
      this.#takeOut(item);
      if (item.state === 'failed') this.#failed.set(item.id, item);
      if (item.state === 'pending') this.#queue.push(item);
    }
    const saved = this.#save();
    for (const item of new Set([...items, ...saved])) this.#changed(item);
  }

  /** Takes an item away and tells nobody. */
  remove(item) {
    this.#takeOut(item);
    this.#save().forEach((saved) => this.#changed(saved));
  }

  /** Takes all away and tells nobody. */
  clear() {
    this.#queue = [];
    this.#failed.clear();
    this.#save();
  }

  #takeOut(item) {
    this.#failed.delete(item.id);
    this.#queue = this.#queue.filter((other) => other !== item);
  }

  /** Returns those that could not be kept before and are now. A storage that was full has room again. */
  #save() {
    if (!this.#keep(this.items)) return [];
    const saved = this.items.filter(({ kept }) => !kept);
    for (const item of saved) item.kept = true;
    return saved;
  }
}
