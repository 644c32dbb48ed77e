/**
 * The socket to the server: opens it as this tab's own person, opens it again when it is lost, and stops when the
 * server takes the token no more. Knows no page.
 *
 * Its states: `connecting` (the first time), `connected`, `lost` (`retryAt` is when it tries again, in milliseconds
 * since the epoch, or null while it does; `reason` is why it was not let in, as `refusal.js` has it, or null),
 * `signed-out`.
 */

import { Backoff } from './backoff.js';
import { refusalOf } from './refusal.js';

const OPEN_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 10_000;

/** An answer that may be large, and take long over a slow link. */
const LARGE = 'history';
const LARGE_TIMEOUT_MS = 30_000;

/** A server that was heard so lately is there, and one that is there answers so soon. */
const FRESH_MS = 5_000;
const PROOF_TIMEOUT_MS = 4_000;

/** Whom the server has no room for need not ask often. */
const NO_ROOM_MS = 30_000;

export class Connection {
  #socket;
  #session;
  #changed;
  #backoff;
  #state = 'connecting';
  #reason = null;
  #heardAt = 0;
  #isProving = false;
  #timer = null;
  #tokenShown = null;
  /** Counts the connections that were opened: what an earlier one still waits for is not for a later one. */
  #opened = 0;
  /** How many large answers are on their way. What is smaller waits behind them. */
  #large = 0;

  /**
   * `io` is the official client; `heard` gets arrays of entries, `tip` where the log ends, `presence` and `typing` what
   * the server tells of the others, `changed` each state.
   */
  constructor({ io, session, changed, heard, tip, presence, typing, backoff = new Backoff() }) {
    this.#session = session;
    this.#changed = changed;
    this.#backoff = backoff;
    this.#socket = io({
      autoConnect: false,
      reconnection: false,
      timeout: OPEN_TIMEOUT_MS,
      auth: (give) => this.#introduce(give),
    });
    for (const sign of ['ping', 'packet']) this.#socket.io.on(sign, () => (this.#heardAt = Date.now()));
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('connect_error', (error) => this.#failed(refusalOf(error)));
    this.#socket.on('disconnect', (reason) => this.#ended(reason));
    this.#socket.on('chat message', (_line, entry) => heard([entry]));
    this.#socket.on('chat messages', (entries) => heard(entries));
    this.#socket.on('tip', tip);
    this.#socket.on('presence', presence);
    this.#socket.on('typing', typing);
  }

  get state() {
    return this.#state;
  }

  /** Begins. */
  open() {
    this.#become('connecting');
    this.#socket.connect();
  }

  /** Emits and resolves to the server's ack. Rejects when no ack came, with `isUnsent` when not connected. */
  async request(event, ...args) {
    if (!this.#socket.connected) throw Object.assign(new Error('not connected'), { isUnsent: true });
    const isLarge = event === LARGE;
    const ms = isLarge ? LARGE_TIMEOUT_MS : ANSWER_TIMEOUT_MS;
    if (isLarge) this.#large += 1;
    try {
      return await this.#socket.timeout(ms).emitWithAck(event, ...args);
    } catch (error) {
      if (isLarge || this.#large === 0) this.distrust();
      throw error;
    } finally {
      if (isLarge) this.#large -= 1;
    }
  }

  /** The network may be gone though nothing was closed, which the heartbeat would tell much later: opens it anew. */
  distrust() {
    if (this.#state !== 'connected') return;
    this.#socket.disconnect();
    this.#lost();
  }

  /** Does not wait any longer for the next try. */
  retryNow() {
    if (this.#state !== 'lost' || this.#timer === null) return;
    this.#tryAgain();
  }

  /** For somebody who comes back: checks that the connection did not break while the device slept. */
  async check() {
    this.retryNow();
    if (this.#state !== 'connected' || this.#isProving || Date.now() - this.#heardAt < FRESH_MS) return;
    this.#isProving = true;
    const askedAt = Date.now();
    const ms = this.#large > 0 ? ANSWER_TIMEOUT_MS : PROOF_TIMEOUT_MS;
    await this.#socket.timeout(ms).emitWithAck('history', { limit: 1 }).catch(() => {});
    this.#isProving = false;
    if (this.#heardAt >= askedAt) return;
    this.distrust();
    this.retryNow();
  }

  /** Ends for good: nobody is signed in here. */
  signOut() {
    if (this.#state === 'signed-out') return;
    clearTimeout(this.#timer);
    this.#become('signed-out');
    this.#socket.disconnect();
  }

  /** Shows the token, once it is fresh: it may have expired while the computer slept. */
  async #introduce(give) {
    this.#opened += 1;
    const opened = this.#opened;
    await this.#session.look();
    if (opened !== this.#opened || this.#state === 'signed-out') return;
    this.#tokenShown = this.#session.token;
    give({ token: this.#tokenShown, user: this.#session.user, batch: true, tip: true, reason: true });
  }

  #connected() {
    this.#reason = null;
    this.#backoff.reset();
    this.#become('connected');
  }

  #failed(refusal) {
    if (refusal === 'token') this.#refused();
    else this.#lost(refusal);
  }

  #ended(reason) {
    if (reason === 'io server disconnect') this.#refused();
    else if (reason !== 'io client disconnect') this.#lost();
  }

  /**
   * The token that was shown is no longer good. If it was renewed meanwhile, the fresh one may be; else whether the
   * session is over is for the renewal to say.
   */
  async #refused() {
    if (this.#tokenShown !== this.#session.token) {
      this.#tryAgain();
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
    const ms = this.#backoff.next() + (reason === null ? 0 : NO_ROOM_MS);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tryAgain(), ms);
    this.#become('lost', Date.now() + ms);
  }

  #tryAgain() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#become('lost', null);
    this.#socket.connect();
  }

  #become(state, retryAt = null) {
    this.#state = state;
    this.#changed(state, retryAt, this.#reason);
  }
}
