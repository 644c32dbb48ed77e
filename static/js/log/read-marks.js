/**
 * Tells the server how far the user has read in each room: what a page saw, at most once a second, and what the user says.
 * Nothing is lost with the connection: what could not be sent is sent after the next one. Does not access the page.
 */

import { schedule as scheduleTimer } from '../schedule.js';

const MIN_INTERVAL_MS = 1_000;
const RETRY_DELAY_MS = 5_000;

export class ReadMarks {
  #request;
  #rooms;
  #schedule;
  /** The number to send for each room. It remains until the server has answered to this number. */
  #targets = new Map();
  #isAllTarget = false;
  #isSending = false;
  #isConnected = false;
  /** Ends the delay before the next request, or null. */
  #cancelPause = null;
  #watchers = new Set();

  /**
   * `request(event, ...args)` resolves to the server's ack and rejects without one. `rooms` is the `RoomList`, which gets
   * each new position at once, and again as the server answers it.
   */
  constructor({ request, rooms, schedule = scheduleTimer }) {
    this.#request = request;
    this.#rooms = rooms;
    this.#schedule = schedule;
  }

  /** Whether the server may not know yet how far the user has read in a room. */
  isPending(room) {
    return this.#isAllTarget || this.#targets.has(room);
  }

  /** The user has seen a room up to `position`, as `Unread.position` returns it. Moves forward only. */
  moveTo(room, position) {
    const from = this.#targets.get(room) ?? this.#rooms.get(room)?.read_seq;
    if (position.seq > from) this.#set(room, position);
  }

  /** The user says that a room is read up to `position`, and unread from there on. */
  setTo(room, position) {
    this.#set(room, position);
  }

  /** The user says that everything in a room was read. */
  markRead(room) {
    const { last_seq: lastSeq } = this.#rooms.get(room);
    this.#set(room, { seq: lastSeq, unread: 0, mentions: 0, last_seq: lastSeq });
    this.#report(room);
  }

  /** The user says that everything in all rooms was read. */
  markAllRead() {
    this.#isAllTarget = true;
    this.#targets.clear();
    this.#rooms.setAllRead();
    this.#report(null);
    this.#send();
  }

  /** Calls `action(room)` when the user marks a room as read, or all rooms (null). Returns a function that ends that. */
  watch(action) {
    this.#watchers.add(action);
    return () => this.#watchers.delete(action);
  }

  /** There is a connection: sends what waits. */
  connected() {
    this.#isConnected = true;
    this.#cancelPause?.();
    this.#cancelPause = null;
    this.#send();
  }

  /** The connection is lost: nothing is sent until the next one. */
  disconnected() {
    this.#isConnected = false;
  }

  #report(room) {
    for (const action of this.#watchers) action(room);
  }

  /** Who is not a member of a room has no position in it. */
  #set(room, position) {
    if (!this.#rooms.get(room)?.role) return;
    this.#targets.set(room, position.seq);
    if (position.unread !== undefined) this.#rooms.setRead(room, position);
    this.#send();
  }

  /** One request at a time, so that a later position never comes to the server before an earlier one. */
  async #send() {
    if (!this.#isConnected || this.#isSending || this.#cancelPause !== null) return;
    const [[room, seq] = []] = this.#targets;
    if (room === undefined && !this.#isAllTarget) return;
    this.#isSending = true;
    const delay = this.#isAllTarget ? await this.#sendAll() : await this.#sendOne(room, seq);
    this.#isSending = false;
    this.#pause(delay);
  }

  async #sendAll() {
    const answer = await this.#request('read all').catch(() => null);
    if (answer?.ok !== true) return delayAfter(answer, () => (this.#isAllTarget = false));
    this.#isAllTarget = false;
    return MIN_INTERVAL_MS;
  }

  async #sendOne(room, seq) {
    const answer = await this.#request('read', { room, seq }).catch(() => null);
    const forget = () => this.#targets.get(room) === seq && this.#targets.delete(room);
    if (answer?.ok !== true) return delayAfter(answer, forget);
    // The user may have read on, or marked everything as read, in the meantime.
    if (forget() && !this.#isAllTarget) this.#rooms.setRead(room, answer);
    return MIN_INTERVAL_MS;
  }

  #pause(ms) {
    this.#cancelPause = this.#schedule(ms, () => {
      this.#cancelPause = null;
      this.#send();
    });
  }
}

/** Returns the delay before the next request. `forget` is called if it must not be repeated. */
function delayAfter(answer, forget) {
  if (answer === null) return RETRY_DELAY_MS;
  if (answer.retry_after_ms === undefined) forget();
  return Math.max(answer.retry_after_ms ?? 0, RETRY_DELAY_MS);
}
