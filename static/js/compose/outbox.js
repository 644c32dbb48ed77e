/**
 * Sends the user's messages of all rooms, one by one in the order of writing. A message is saved before it is sent, and
 * sent again with the same id until the server answered, so that it is neither lost nor duplicated; nothing is sent after
 * a message without an answer. Does not access the page, the socket or the storage.
 */

import { Backoff } from '../connection/backoff.js';
import { randomId } from '../random-id.js';

/** The maximum number of remembered ids of stored messages. A forgotten one is sent again, which does no harm. */
const MAX_STORED_IDS = 2_000;

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

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Outbox {
  #send;
  #newId;
  #sleep;
  #backoff;
  #queue;
  #listeners = new Set();
  #storedIds = new Set();
  #isOpen = false;
  #isWorking = false;

  /**
   * `send(item)` resolves to the server's ack and rejects without one; `save(items)` stores the unsent items and returns
   * whether that worked.
   */
  constructor({ send, save = () => false, newId = randomId, wait = sleep, backoff = new Backoff() }) {
    this.#send = send;
    this.#newId = newId;
    this.#sleep = wait;
    this.#backoff = backoff;
    this.#queue = new SendQueue({ save, changed: (item) => this.#changed(item) });
  }

  /** The unsent items of all rooms, including failed ones. */
  get items() {
    return this.#queue.items;
  }

  /** Whether closing the page would lose an item. */
  get hasUnsaved() {
    return this.#queue.hasUnsaved;
  }

  /** Calls `listener(item)` with each change of an item. Returns a function that ends that. */
  watch(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds a text to send to a room. Returns its item. */
  add(text, room) {
    const item = { id: this.#newId(), room, text, writtenAt: new Date(), kept: false };
    this.#enqueue(item);
    return item;
  }

  /** Adds items from the storage, after the waiting ones, unless the log has them. Returns whether they are saved. */
  restore(items) {
    const fresh = items.filter(({ id }) => !this.#storedIds.has(id) && this.#queue.find(id) === undefined);
    for (const item of fresh) {
      const waiting = item.state === 'pending' && !this.#isOpen;
      Object.assign(item, { kept: false, isRestored: true, waiting });
    }
    this.#queue.put(...fresh);
    this.#work();
    return !this.#queue.hasUnsaved;
  }

  /** Sends a failed message again, after all waiting ones. */
  resend(id) {
    const item = this.#queue.find(id);
    if (item?.state === 'failed') this.#enqueue(item);
  }

  /** Discards a failed message. Returns its item, or null if it has not failed. */
  discard(id) {
    const item = this.#queue.find(id);
    if (item?.state !== 'failed') return null;
    this.#queue.put(Object.assign(item, { state: 'discarded' }));
    return item;
  }

  /** Discards everything, and stops. */
  clear() {
    this.#isOpen = false;
    this.#queue.clear();
  }

  /** The log contains a message of the user, so its ack is no longer needed. */
  confirmStored(id) {
    this.#rememberStored(id);
    const item = this.#queue.find(id);
    if (item !== undefined) this.#finish(item, { state: 'stored', refusal: null });
  }

  /** The connection is ready: sends what waits. */
  open() {
    this.#isOpen = true;
    this.#updateWaiting();
    this.#work();
  }

  /** The connection is lost. */
  pause() {
    this.#isOpen = false;
    this.#updateWaiting();
  }

  #enqueue(item) {
    const waiting = !this.#isOpen;
    this.#queue.put(Object.assign(item, { state: 'pending', isRestored: false, waiting, refusal: null }));
    this.#work();
  }

  #updateWaiting() {
    for (const item of this.#queue.pending) {
      item.waiting = !this.#isOpen;
      this.#changed(item);
    }
  }

  async #work() {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#isOpen && this.#queue.pending.length > 0) await this.#attempt(this.#queue.pending[0]);
    this.#isWorking = false;
  }

  async #attempt(item) {
    const answer = await this.#send(item).catch(() => null);
    // The log may have confirmed it, or the user discarded everything, before the ack arrived.
    if (item.state !== 'pending' || this.#queue.find(item.id) !== item) return;
    if (answer?.ok === true) {
      this.#rememberStored(item.id);
      this.#finish(item, { state: 'stored', entry: answer.message });
    } else if (answer?.code === 'signed_out') {
      this.pause();
    } else if (answer?.ok === false && answer.retry_after_ms === undefined) {
      this.#finish(item, { state: 'failed', refusal: answer });
    } else if (this.#isOpen) {
      await this.#sleep(Math.max(this.#backoff.next(), answer?.retry_after_ms ?? 0));
    }
  }

  #finish(item, outcome) {
    this.#backoff.reset();
    this.#queue.put(Object.assign(item, { waiting: false, ...outcome }));
  }

  #rememberStored(id) {
    this.#storedIds.add(id);
    if (this.#storedIds.size > MAX_STORED_IDS) this.#storedIds.delete(this.#storedIds.values().next().value);
  }

  #changed(item) {
    for (const listener of this.#listeners) listener(item);
  }
}

/** The items that are not known to be stored by the server, in order. Saves them with each change. Does not send. */
class SendQueue {
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
