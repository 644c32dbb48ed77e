/**
 * One's own messages that the log has not given out yet, in the order in which they stand at its end. Knows no page.
 */

export class OwnMessages {
  #items = new Map();

  /** Everything that is on its way or failed, as the outbox keeps it, in order. */
  get items() {
    return [...this.#items.values()].map(({ item }) => item);
  }

  has(id) {
    return this.#items.has(id);
  }

  /**
   * Takes an item as it is now. Returns what that means: `sent` if it is new or goes out again, and stands last then;
   * `failed` when it just failed; else `same`.
   */
  show(item) {
    const before = this.#items.get(item.id)?.state;
    if (before === undefined && item.state === 'stored') return 'same';
    const isSent = item.state === 'pending' && before !== 'pending';
    if (isSent) this.#items.delete(item.id);
    this.#items.set(item.id, { item, state: item.state });
    if (isSent) return 'sent';
    return item.state === 'failed' && before === 'pending' ? 'failed' : 'same';
  }

  /** Forgets a message: the log has it, or it was dropped. */
  drop(id) {
    this.#items.delete(id);
  }
}
