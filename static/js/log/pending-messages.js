/**
 * The user's own messages that are not in the known log yet, in the order in which they are shown at its end. Does not
 * access the page.
 */

export class PendingMessages {
  #items = new Map();

  /** The outbox items, in order. */
  get items() {
    return [...this.#items.values()].map(({ item }) => item);
  }

  has(id) {
    return this.#items.has(id);
  }

  /**
   * Takes the current state of an outbox item. Returns what that means to the user: `sent` if the item was just written or
   * is sent again, which makes it the last one; `failed` if it failed now; else `same`.
   */
  update(item) {
    const known = this.#items.get(item.id);
    const before = known?.state;
    if (item.state === 'discarded') this.#items.delete(item.id);
    if (item.state === 'discarded' || (before === undefined && item.state === 'stored')) return 'same';
    const isSent = item.state === 'pending' && before !== 'pending';
    if (isSent) this.#items.delete(item.id);
    this.#items.set(item.id, { item, state: item.state });
    if (isSent) return item.isRestored ? 'same' : 'sent';
    return item.state === 'failed' && before === 'pending' ? 'failed' : 'same';
  }

  /** Removes the messages that are in the log: by their ids, and by their number if it is at most `lastSeq`. */
  removeLogged(ids, lastSeq) {
    for (const id of ids) this.#items.delete(id);
    for (const [id, { item }] of this.#items) if (item.entry?.seq <= lastSeq) this.#items.delete(id);
  }
}
