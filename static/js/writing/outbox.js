/**
 * Sends what one has written, one by one in the order of writing: nothing is sent after a message whose fate is not
 * known, and the same message goes again under the same id until it is, so that it can neither be lost nor doubled.
 * Each is kept before it is sent. Knows no page, no socket and no storage.
 */

import { Backoff } from '../connection/backoff.js';
import { randomId } from './random-id.js';
import { Unsent } from './unsent.js';

/** So many ids of one's own messages in the log are remembered. One that is forgotten is sent again, harmlessly. */
const MAX_SETTLED = 2_000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Outbox {
  #send;
  #changed;
  #stored;
  #newId;
  #wait;
  #backoff;
  #unsent;
  #settled = new Set();
  #isOpen = false;
  #isWorking = false;

  /**
   * `send(text, id)` resolves to the server's ack and rejects if none came; `changed(item)` is told of each change;
   * `stored(entry)` gets what the server stored; `keep(items)` keeps what is unsent and returns whether that worked.
   */
  constructor({
    send,
    changed,
    stored,
    keep = () => false,
    newId = randomId,
    wait = sleep,
    backoff = new Backoff(),
  }) {
    this.#send = send;
    this.#stored = stored;
    this.#newId = newId;
    this.#wait = wait;
    this.#backoff = backoff;
    this.#changed = changed;
    this.#unsent = new Unsent({ keep, changed });
  }

  /** How many messages are not sent, those that failed among them. */
  get count() {
    return this.#unsent.items.length;
  }

  /** Whether some of them would be lost with the page. */
  get hasUnkept() {
    return this.#unsent.hasUnkept;
  }

  /** Takes a text to send. Returns its item, pending. */
  add(text) {
    const item = { id: this.#newId(), text, writtenAt: new Date(), kept: false };
    this.#enqueue(item);
    return item;
  }

  /** Takes items that were kept, after those that wait, unless the log holds them. Returns whether they are kept. */
  restore(items) {
    const fresh = items.filter(({ id }) => !this.#settled.has(id) && this.#unsent.find(id) === undefined);
    for (const item of fresh) {
      const waiting = item.state === 'pending' && !this.#isOpen;
      Object.assign(item, { kept: false, isRestored: true, waiting });
    }
    this.#unsent.put(...fresh);
    this.#work();
    return !this.#unsent.hasUnkept;
  }

  /** Sends a failed message again, after all that wait. */
  retry(id) {
    const item = this.#unsent.find(id);
    if (item?.state === 'failed') this.#enqueue(item);
  }

  /** Gives up a failed message. Returns it, or null if it has not failed. */
  drop(id) {
    const item = this.#unsent.find(id);
    if (item?.state !== 'failed') return null;
    this.#unsent.remove(item);
    return item;
  }

  /** Gives up everything. */
  clear() {
    this.#isOpen = false;
    this.#unsent.clear();
  }

  /** The log holds a message of one's own: if it was still on its way, its fate is known now. */
  settle({ id }) {
    this.#settled.add(id);
    if (this.#settled.size > MAX_SETTLED) this.#settled.delete(this.#settled.values().next().value);
    const item = this.#unsent.find(id);
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
    const waiting = !this.#isOpen;
    this.#unsent.put(Object.assign(item, { state: 'pending', isRestored: false, waiting, refusal: null }));
    this.#work();
  }

  #retell() {
    for (const item of this.#unsent.queue) {
      item.waiting = !this.#isOpen;
      this.#changed(item);
    }
  }

  async #work() {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#isOpen && this.#unsent.queue.length > 0) await this.#attempt(this.#unsent.queue[0]);
    this.#isWorking = false;
  }

  async #attempt(item) {
    const answer = await this.#send(item.text, item.id).catch(() => null);
    // Settled, or given up with all others, while it was on its way.
    if (item.state !== 'pending' || this.#unsent.find(item.id) !== item) return;
    if (answer?.ok === true) {
      this.#finish(item, { state: 'stored' });
      this.#stored(answer.message);
    } else if (answer?.code === 'signed_out') {
      this.pause();
    } else if (answer?.ok === false && answer.retry_after_ms === undefined) {
      this.#finish(item, { state: 'failed', refusal: answer });
    } else if (this.#isOpen) {
      await this.#wait(Math.max(this.#backoff.next(), answer?.retry_after_ms ?? 0));
    }
  }

  #finish(item, outcome) {
    this.#backoff.reset();
    this.#unsent.put(Object.assign(item, { waiting: false, ...outcome }));
  }
}
