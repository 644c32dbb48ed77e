/**
 * The messages that one has written and that are not surely stored. They go out one by one in the order of writing:
 * nothing is sent after a message whose fate is not known, and the same message goes again under the same id until
 * it is, so that it can neither be lost nor doubled. Knows no page and no socket.
 */

/** Without an answer the message is sent again after this. */
const UNANSWERED_RETRY_MS = 2_000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @typedef {object} Item
 * @property {string} id
 * @property {string} text
 * @property {Date} writtenAt
 * @property {'pending' | 'stored' | 'failed'} state
 * @property {boolean} waiting whether it waits for the connection
 * @property {object | null} refusal the server's answer, when failed
 */

export class Outbox {
  #send;
  #changed;
  #stored;
  #newId;
  #wait;
  #queue = [];
  #failed = new Map();
  #isOpen = false;
  #isWorking = false;

  /**
   * `send(text, id)` resolves to the server's ack and rejects if none came; `changed(item)` is told of each change;
   * `stored(entry)` gets what the server stored.
   */
  constructor({ send, changed, stored, newId = randomId, wait = sleep }) {
    this.#send = send;
    this.#changed = changed;
    this.#stored = stored;
    this.#newId = newId;
    this.#wait = wait;
  }

  /** Takes a text to send. Returns its item, pending. */
  add(text) {
    const item = { id: this.#newId(), text, writtenAt: new Date() };
    this.#enqueue(item);
    return item;
  }

  /** Sends a failed message again, after all that wait. */
  retry(id) {
    const item = this.#failed.get(id);
    if (item === undefined) return;
    this.#failed.delete(id);
    this.#enqueue(item);
  }

  /** The log holds a message of one's own: if it was still on its way, its fate is known now. */
  settle(entry) {
    const item = this.#queue.find(({ id }) => id === entry.id) ?? this.#failed.get(entry.id);
    if (item !== undefined) this.#finish(item, { state: 'stored', refusal: null });
  }

  /** The connection is there. */
  open() {
    this.#isOpen = true;
    this.#retell();
    this.#work();
  }

  /** The connection is gone: what is written waits. */
  pause() {
    this.#isOpen = false;
    this.#retell();
  }

  #enqueue(item) {
    Object.assign(item, { state: 'pending', waiting: !this.#isOpen, refusal: null });
    this.#queue.push(item);
    this.#changed(item);
    this.#work();
  }

  #retell() {
    for (const item of this.#queue) {
      item.waiting = !this.#isOpen;
      this.#changed(item);
    }
  }

  async #work() {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#isOpen && this.#queue.length > 0) await this.#attempt(this.#queue[0]);
    this.#isWorking = false;
  }

  async #attempt(item) {
    const answer = await this.#send(item.text, item.id).catch(() => null);
    if (item.state !== 'pending') return;
    if (answer?.ok === true) {
      this.#finish(item, { state: 'stored' });
      this.#stored(answer.message);
    } else if (answer?.code === 'signed_out') {
      this.pause();
    } else if (answer?.ok === false && answer.retry_after_ms === undefined) {
      this.#finish(item, { state: 'failed', refusal: answer });
    } else if (this.#isOpen) {
      await this.#wait(answer?.retry_after_ms ?? UNANSWERED_RETRY_MS);
    }
  }

  #finish(item, outcome) {
    Object.assign(item, { waiting: false, ...outcome });
    this.#queue = this.#queue.filter((other) => other !== item);
    this.#failed.delete(item.id);
    if (item.state === 'failed') this.#failed.set(item.id, item);
    this.#changed(item);
  }
}

/** 128 random bits. `crypto.randomUUID` would be missing on a page that came over plain http. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
