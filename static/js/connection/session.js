/**
 * The token with which this page speaks: renews it long before it expires, and ends the session. Knows no page.
 */

import { after } from '../after.js';

/** Never sooner than this, however short tokens live, and at least so often, however long. */
const RENEW_AT_LEAST_MS = 5_000;
const RENEW_AT_MOST_MS = 12 * 3_600_000;
const RETRY_MS = 15_000;

export class Session {
  #user;
  #token;
  #tab;
  #fetch;
  #refused = () => {};
  #schedule;
  #timer = null;
  #isOver = false;

  constructor({ user, token, tab, fetch = globalThis.fetch.bind(globalThis), schedule = after }) {
    this.#user = user;
    this.#token = token;
    this.#tab = tab;
    this.#fetch = fetch;
    this.#schedule = schedule;
  }

  /** Calls back when the server takes the token no more. */
  whenRefused(action) {
    this.#refused = action;
  }

  get user() {
    return this.#user;
  }

  get token() {
    return this.#token;
  }

  /** Renews the token when half of the time that it has left is over, and so on. */
  renewWithin(msLeft) {
    const ms = Math.min(Math.max(msLeft / 2, RENEW_AT_LEAST_MS), RENEW_AT_MOST_MS);
    this.#plan(ms);
  }

  /** Ends the session on the server, then forgets it. Rejects, and forgets nothing, if the server was not reached. */
  async end() {
    const answer = await this.#post('/logout');
    if (!answer.ok && answer.status !== 401) throw new Error(`log-out was answered ${answer.status}`);
    this.stop();
    this.#tab.forget();
  }

  /** Renews no more. */
  stop() {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  async #renew() {
    const answer = await this.#post('/token').catch(() => null);
    if (this.#isOver) return;
    if (answer?.status === 401) {
      this.stop();
      this.#refused();
      return;
    }
    const fresh = answer?.ok ? await answer.json().catch(() => null) : null;
    if (fresh === null) {
      this.#plan(RETRY_MS);
      return;
    }
    this.#token = fresh.token;
    this.#tab.keep(this.#user, fresh.token);
    this.renewWithin(fresh.expires_in * 1_000);
  }

  #plan(ms) {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = this.#schedule(ms, () => this.#renew());
  }

  #post(path) {
    return this.#fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, accept: 'application/json' },
      cache: 'no-store',
    });
  }
}
