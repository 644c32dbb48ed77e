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
   * Takes an item as it is now. Returns what that means: `sent` if it was just written or goes out again; `failed` when
   * it just failed; else `same`. What begins to go out stands last.
   */
  show(item) {
    const known = this.#items.get(item.id);
    const before = known?.state;
    if (before === undefined && item.state === 'stored') return 'same';
    const isSent = item.state === 'pending' && before !== 'pending';
    if (isSent) this.#items.delete(item.id);
    this.#items.set(item.id, { item, state: item.state, seq: isSent ? null : (known?.seq ?? null) });
    if (isSent) return item.isRestored ? 'same' : 'sent';
    return item.state === 'failed' && before === 'pending' ? 'failed' : 'same';
  }

  /** Notes under which number the log has a message. */
  number(id, seq) {
    const known = this.#items.get(id);
    if (known !== undefined) known.seq = seq;
  }

  /** Forgets those that are no later than a number: their place is in the log, even where that is not known. */
  dropTo(last) {
    for (const [id, { seq }] of this.#items) if (seq !== null && seq <= last) this.#items.delete(id);
  }

  /** Forgets a message: the log has it, or it was dropped. */
  drop(id) {
    this.#items.delete(id);
  }
}
