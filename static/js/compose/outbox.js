/**
 * The user's messages that are not known to be stored by the server. Each room has a queue of its own, in which they are
 * sent in the order of writing: a message that waits holds up no other room. A message is saved before it is sent, and
 * sent again with the same id until the server answered, so that it is neither lost nor duplicated. Does not access the
 * page, the socket or the storage.
 */

import { Backoff } from '../connection/backoff.js';
import { randomId } from '../random-id.js';
import { SendQueue } from './send-queue.js';

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
  #save;
  #newId;
  #wait;
  #newBackoff;
  /** The queues by their rooms. */
  #queues = new Map();
  #listeners = new Set();
  #storedIds = new Set();
  #isOpen = false;

  /**
   * `send(item)` resolves to the server's ack and rejects without one; `save(items)` stores the unsent items of all rooms
   * and no others, and returns whether that worked.
   */
  constructor({ send, save = () => false, newId = randomId, wait = sleep, newBackoff = () => new Backoff() }) {
    this.#send = send;
    this.#save = save;
    this.#newId = newId;
    this.#wait = wait;
    this.#newBackoff = newBackoff;
  }

  /** The unsent items of all rooms: of each, the failed ones, then the pending ones. */
  get items() {
    return [...this.#queues.values()].flatMap((queue) => queue.items);
  }

  /** Whether closing the page would lose an item. */
  get hasUnsaved() {
    return this.items.some(({ kept }) => !kept);
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
    const fresh = items.filter(({ id }) => !this.#storedIds.has(id) && this.#find(id) === undefined);
    for (const item of fresh) {
      const waiting = item.state === 'pending' && !this.#isOpen;
      Object.assign(item, { kept: false, isRestored: true, waiting });
    }
    this.#put(...fresh);
    this.#work();
    return !this.hasUnsaved;
  }

  /** Sends a failed message again, after all waiting ones of its room. */
  resend(id) {
    const item = this.#find(id);
    if (item?.state === 'failed') this.#enqueue(item);
  }

  /** Discards a failed message. Returns its item, or null if it has not failed. */
  discard(id) {
    const item = this.#find(id);
    if (item?.state !== 'failed') return null;
    this.#put(Object.assign(item, { state: 'discarded' }));
    return item;
  }

  /** Discards everything without reporting a change, and stops. */
  clear() {
    this.#isOpen = false;
    for (const queue of this.#queues.values()) queue.clear();
    this.#queues.clear();
    this.#saveAll();
  }

  /** The log contains a message of the user, so its ack is no longer needed. */
  confirmStored(id) {
    this.#rememberStored(id);
    const item = this.#find(id);
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
    for (const queue of this.#queues.values()) queue.pause();
    this.#updateWaiting();
  }

  #enqueue(item) {
    const waiting = !this.#isOpen;
    this.#put(Object.assign(item, { state: 'pending', isRestored: false, waiting, refusal: null }));
    this.#work();
  }

  #work() {
    if (!this.#isOpen) return;
    for (const queue of this.#queues.values()) queue.work();
  }

  #updateWaiting() {
    for (const item of [...this.#queues.values()].flatMap(({ pending }) => pending)) {
      item.waiting = !this.#isOpen;
      this.#changed(item);
    }
  }

  #answered(item, answer) {
    if (answer.ok) {
      this.#rememberStored(item.id);
      this.#finish(item, { state: 'stored', entry: answer.message });
    } else if (answer.code === 'signed_out') {
      this.pause();
    } else {
      this.#finish(item, { state: 'failed', refusal: answer });
    }
  }

  #finish(item, outcome) {
    this.#put(Object.assign(item, { waiting: false, ...outcome }));
  }

  #rememberStored(id) {
    this.#storedIds.add(id);
    if (this.#storedIds.size > MAX_STORED_IDS) this.#storedIds.delete(this.#storedIds.values().next().value);
  }

  #find(id) {
    return this.items.find((item) => item.id === id);
  }

  /** Saves before it reports: what is shown as saved is. */
  #put(...items) {
    for (const item of items) this.#queueOf(item.room).put(item);
    const saved = this.#saveAll();
    for (const item of new Set([...items, ...saved])) this.#changed(item);
  }

  #queueOf(room) {
    if (!this.#queues.has(room)) this.#queues.set(room, this.#createQueue());
    return this.#queues.get(room);
  }

  #createQueue() {
    return new SendQueue({
      send: this.#send,
      wait: this.#wait,
      backoff: this.#newBackoff(),
      answered: (item, answer) => this.#answered(item, answer),
    });
  }

  /** Returns the items that could not be saved before: a full storage may have space again. */
  #saveAll() {
    const { items } = this;
    if (!this.#save(items)) return [];
    const saved = items.filter(({ kept }) => !kept);
    for (const item of saved) item.kept = true;
    return saved;
  }

  #changed(item) {
    for (const listener of this.#listeners) listener(item);
  }
}
