/**
 * The socket to the server: connects as this tab's user, reconnects when the connection is lost, and stops when the
 * session is over. Routes what arrives to the rooms of the page. Does not access the page.
 *
 * Its states: `connecting` (the first time), `connected`, `lost` (`retryAt` is the time of the next attempt in
 * milliseconds since the epoch, or null during an attempt; `reason` is why the server rejected the socket: `tabs`,
 * `capacity`, or null), `signed-out`.
 */

import { Backoff } from './backoff.js';
import { rejectionOf } from './rejection.js';

const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 10_000;

/** The event whose answer may be large and slow. */
const LARGE_EVENT = 'history';
const LARGE_ANSWER_TIMEOUT_MS = 30_000;

/** A connection that received something within this time is alive. */
const ALIVE_TIMEOUT_MS = 5_000;
const CHECK_TIMEOUT_MS = 4_000;

/** An additional delay after the server rejected the socket because of a limit. */
const REJECTED_DELAY_MS = 30_000;

/**
 * @typedef {object} RoomHandlers
 * @property {(state: string) => void} stateChanged called with each new state, and at once if connected
 * @property {(entries: object[]) => void} entries new entries of the room's log
 * @property {(tip: object) => void} tip the number of the last entry of the room's log
 * @property {(change: object) => void} presence who came or left
 * @property {(change: object) => void} typing who is typing
 */

/**
 * @typedef {object} ListHandlers of everything that concerns any room of the user, also one that has handlers of its own,
 * which are called first
 * @property {(state: string) => void} stateChanged called with each new state
 * @property {(entries: object[]) => void} entries new entries of all rooms
 * @property {(tip: object) => void} tip the number of the last entry of a room's log
 * @property {(change: object) => void} presence who came or left in a room that was watched
 * @property {(room: object) => void} room a room of the user changed, or is `gone`
 * @property {(mark: object) => void} read how far the user has read in another window
 */

export class Connection {
  #socket;
  #session;
  #changed;
  #backoff;
  #rooms = new Map();
  #list = null;
  #state = 'connecting';
  #reason = null;
  #receivedAt = 0;
  #isChecking = false;
  #timer = null;
  #sentToken = null;
  /** The number of connection attempts: an attempt that is not the last one must not send a token. */
  #attempts = 0;
  /** The number of large answers that are expected. Smaller ones wait behind them. */
  #largeRequests = 0;

  /** `io` is the official Socket.IO client; `changed(state, retryAt, reason)` is called with each state. */
  constructor({ io, session, changed, backoff = new Backoff() }) {
    this.#session = session;
    this.#changed = changed;
    this.#backoff = backoff;
    this.#socket = io({
      autoConnect: false,
      reconnection: false,
      timeout: CONNECT_TIMEOUT_MS,
      auth: (send) => this.#authenticate(send),
    });
    for (const event of ['ping', 'packet']) this.#socket.io.on(event, () => (this.#receivedAt = Date.now()));
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('connect_error', (error) => this.#failed(rejectionOf(error)));
    this.#socket.on('disconnect', (reason) => this.#ended(reason));
    this.#socket.on('chat message', (_line, entry) => this.#deliver([entry]));
    this.#socket.on('chat messages', (entries) => this.#deliver(entries));
    for (const event of ['tip', 'presence', 'typing', 'room', 'read']) {
      this.#socket.on(event, (notice) => {
        this.#rooms.get(notice.room)?.[event]?.(notice);
        this.#list?.[event]?.(notice);
      });
    }
  }

  get state() {
    return this.#state;
  }

  /** Opens the connection. */
  open() {
    this.#become('connecting');
    this.#socket.connect();
  }

  /**
   * Routes what arrives for a room to its handlers.
   * @param {string} room
   * @param {RoomHandlers} handlers
   * @returns a function that ends the routing
   */
  join(room, handlers) {
    this.#rooms.set(room, handlers);
    if (this.#state === 'connected') handlers.stateChanged('connected');
    return () => {
      if (this.#rooms.get(room) === handlers) this.#rooms.delete(room);
    };
  }

  /**
   * Passes everything that arrives for any room to the handlers of the list of rooms.
   * @param {ListHandlers} handlers
   */
  follow(handlers) {
    this.#list = handlers;
  }

  /** Emits an event and resolves to the server's ack. Rejects without an ack, with `isUnsent` when not connected. */
  async request(event, ...args) {
    if (!this.#socket.connected) throw Object.assign(new Error('not connected'), { isUnsent: true });
    const isLarge = event === LARGE_EVENT;
    const ms = isLarge ? LARGE_ANSWER_TIMEOUT_MS : ANSWER_TIMEOUT_MS;
    if (isLarge) this.#largeRequests += 1;
    try {
      return await this.#socket.timeout(ms).emitWithAck(event, ...args);
    } catch (error) {
      if (isLarge || this.#largeRequests === 0) this.reconnect();
      throw error;
    } finally {
      if (isLarge) this.#largeRequests -= 1;
    }
  }

  /** Drops a connection that may be broken without having been closed. The heartbeat detects that much later. */
  reconnect() {
    if (this.#state !== 'connected') return;
    this.#socket.disconnect();
    this.#lost();
  }

  /** Makes the next attempt now. */
  retryNow() {
    if (this.#state !== 'lost' || this.#timer === null) return;
    this.#retry();
  }

  /** Checks whether the connection broke while the device slept. */
  async check() {
    this.retryNow();
    if (this.#state !== 'connected' || this.#isChecking || Date.now() - this.#receivedAt < ALIVE_TIMEOUT_MS) return;
    this.#isChecking = true;
    const startedAt = Date.now();
    const ms = this.#largeRequests > 0 ? ANSWER_TIMEOUT_MS : CHECK_TIMEOUT_MS;
    await this.#socket.timeout(ms).emitWithAck('history', { limit: 1 }).catch(() => {});
    this.#isChecking = false;
    if (this.#receivedAt >= startedAt) return;
    this.reconnect();
    this.retryNow();
  }

  /** Closes the connection: the session is over. */
  signOut() {
    if (this.#state === 'signed-out') return;
    clearTimeout(this.#timer);
    this.#become('signed-out');
    this.#socket.disconnect();
  }

  #deliver(entries) {
    for (const [room, handlers] of this.#rooms) {
      const own = entries.filter((entry) => entry.room === room);
      if (own.length > 0) handlers.entries(own);
    }
    this.#list?.entries(entries);
  }

  /** Sends the token after renewing it if needed: it may have expired while the computer slept. */
  async #authenticate(send) {
    this.#attempts += 1;
    const attempt = this.#attempts;
    await this.#session.check();
    if (attempt !== this.#attempts || this.#state === 'signed-out') return;
    this.#sentToken = this.#session.token;
    send({ token: this.#sentToken, user: this.#session.user, batch: true, tip: true, reason: true, rooms: true });
  }

  #connected() {
    this.#reason = null;
    this.#backoff.reset();
    this.#become('connected');
  }

  #failed(reason) {
    if (reason === 'token') this.#tokenRejected();
    else this.#lost(reason);
  }

  #ended(reason) {
    if (reason === 'io server disconnect') this.#tokenRejected();
    else if (reason !== 'io client disconnect') this.#lost();
  }

  /** Retries with a token that was renewed since. Otherwise the renewal decides whether the session is over. */
  async #tokenRejected() {
    if (this.#sentToken !== this.#session.token) {
      this.#retry();
      return;
    }
    this.#reason = null;
    this.#become('lost', null);
    const outcome = await this.#session.renew();
    if (outcome === 'refused') this.signOut();
    else this.#lost();
  }

  #lost(reason = null) {
    if (this.#state === 'signed-out') return;
    this.#reason = reason;
    const ms = this.#backoff.next() + (reason === null ? 0 : REJECTED_DELAY_MS);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#retry(), ms);
    this.#become('lost', Date.now() + ms);
  }

  #retry() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#become('lost', null);
    this.#socket.connect();
  }

  #become(state, retryAt = null) {
    this.#state = state;
    this.#changed(state, retryAt, this.#reason);
    this.#list?.stateChanged(state);
    for (const handlers of [...this.#rooms.values()]) handlers.stateChanged(state);
  }
}
