/**
 * The user's messages of one room that are not known to be stored by the server. Sends them one by one in the order of
 * writing; nothing is sent after a message without an answer. Saves nothing, and does not access the page or the socket.
 */

export class SendQueue {
  #send;
  #sleep;
  #backoff;
  #answered;
  #pending = [];
  #failed = new Map();
  #isOpen = false;
  #isWorking = false;

  /**
   * `send(item)` resolves to the server's ack and rejects without one; `answered(item, answer)` gets the final answer to
   * an item, and must then put it where it belongs; `wait(ms)` resolves after a delay.
   */
  constructor({ send, wait, backoff, answered }) {
    this.#send = send;
    this.#sleep = wait;
    this.#backoff = backoff;
    this.#answered = answered;
  }

  /** The failed items, then the pending ones. */
  get items() {
    return [...this.#failed.values(), ...this.#pending];
  }

  /** The items to send, in order. */
  get pending() {
    return [...this.#pending];
  }

  /** Returns the item with this id, or undefined. */
  find(id) {
    return this.#failed.get(id) ?? this.#pending.find((item) => item.id === id);
  }

  /** Puts an item where it belongs by its state: a pending one last, a failed one apart, others nowhere. */
  put(item) {
    this.#failed.delete(item.id);
    this.#pending = this.#pending.filter((other) => other !== item);
    if (item.state === 'failed') this.#failed.set(item.id, item);
    if (item.state === 'pending') this.#pending.push(item);
    else this.#backoff.reset();
  }

  /** Sends what waits, and what is put from now on. */
  async work() {
    this.#isOpen = true;
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#isOpen && this.#pending.length > 0) await this.#attempt(this.#pending[0]);
    this.#isWorking = false;
  }

  /** Sends nothing more. */
  pause() {
    this.#isOpen = false;
  }

  /** Forgets all items, and sends nothing more. */
  clear() {
    this.pause();
    this.#pending = [];
    this.#failed.clear();
  }

  async #attempt(item) {
    const answer = await this.#send(item).catch(() => null);
    // The log may have confirmed it, or the user discarded everything, before the ack arrived.
    if (!this.#pending.includes(item)) return;
    const isFinal = answer !== null && (answer.ok || answer.code === 'signed_out' || answer.retry_after_ms === undefined);
    if (isFinal) this.#answered(item, answer);
    else if (this.#isOpen) await this.#sleep(Math.max(this.#backoff.next(), answer?.retry_after_ms ?? 0));
  }
}
