/**
 * The page's token: renews it long before it expires, and ends the session. Does not access the page.
 *
 * The wall clock measures the token's age, because it continues while a computer sleeps. The server gives the token's
 * lifetime in seconds, because the two clocks may differ by hours.
 */

import { schedule as scheduleTimer } from '../schedule.js';
import { bearer, renewToken } from './token.js';

/** The interval between two checks of the token, whatever its lifetime. */
const MIN_CHECK_INTERVAL_MS = 5_000;
const MAX_CHECK_INTERVAL_MS = 60_000;
const RETRY_DELAY_MS = 15_000;
/** A token of this age is renewed, whatever its lifetime. */
const MAX_AGE_MS = 12 * 3_600_000;

export class Session {
  #user;
  #token;
  #tab;
  #fetch;
  #now;
  #schedule;
  #refused = () => {};
  #receivedAt;
  /** A token older than this is renewed. */
  #renewalAgeMs;
  #renewing = null;
  #cancelCheck = () => {};
  #isOver = false;

  /**
   * `expiresIn` is the token's lifetime in seconds, which began `ageMs` ago, when the page was requested. `now` is the
   * wall clock.
   */
  constructor({
    user,
    token,
    expiresIn,
    ageMs = 0,
    tab,
    fetch = globalThis.fetch.bind(globalThis),
    now = Date.now,
    schedule = scheduleTimer,
  }) {
    this.#user = user;
    this.#tab = tab;
    this.#fetch = fetch;
    this.#now = now;
    this.#schedule = schedule;
    this.#take(token, expiresIn, ageMs);
  }

  get user() {
    return this.#user;
  }

  get token() {
    return this.#token;
  }

  /** Calls `action` when the server refuses to renew the token. */
  whenRefused(action) {
    this.#refused = action;
  }

  /** Starts checking the token regularly. */
  start() {
    this.#plan(this.#nextCheckMs());
  }

  /**
   * Renews the token if half of its lifetime is over, or if the clock was set back. Called before the token is sent, and
   * when the user returns. Never rejects.
   */
  async check() {
    if (!this.#isOver && this.#renewalDueMs() <= 0) await this.renew();
  }

  /** Renews the token. Resolves to `fresh`, `refused` (the session is over) or `unknown` (no answer). */
  renew() {
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  /** Ends the session on the server, then in this tab. Rejects, and changes nothing, if the server was not reached. */
  async end() {
    let answer = await this.#postLogOut();
    // Perhaps only the token has expired, for example during sleep: the session continues until it is ended.
    if (answer.status === 401 && !this.#isOver) {
      const outcome = await this.renew();
      if (outcome === 'unknown') throw new Error('it is unknown whether the session is over');
      if (outcome === 'fresh') answer = await this.#postLogOut();
    }
    if (!answer.ok && answer.status !== 401) throw new Error(`the log-out was answered with status ${answer.status}`);
    this.stop();
    this.#tab.forget();
  }

  /** Stops renewing. */
  stop() {
    this.#isOver = true;
    this.#cancelCheck();
  }

  async #renew() {
    let outcome = 'unknown';
    try {
      const fresh = await renewToken(this.#token, this.#fetch);
      if (this.#isOver) return 'refused';
      outcome = fresh === null ? 'refused' : 'fresh';
      if (fresh !== null) this.#keep(fresh);
    } catch {
      // The next check tries again.
    }
    if (outcome === 'refused') {
      this.stop();
      this.#refused();
    } else {
      this.#plan(outcome === 'unknown' ? RETRY_DELAY_MS : this.#nextCheckMs());
    }
    return outcome;
  }

  #keep(fresh) {
    this.#take(fresh.token, fresh.expires_in, 0);
    this.#tab.keep(this.#user, fresh.token);
  }

  #take(token, expiresIn, ageMs) {
    this.#token = token;
    this.#receivedAt = this.#now() - ageMs;
    this.#renewalAgeMs = Math.min((expiresIn * 1_000) / 2, MAX_AGE_MS);
  }

  /** The time until the renewal. A clock that was set back makes the age unknown. */
  #renewalDueMs() {
    const age = this.#now() - this.#receivedAt;
    return age < 0 ? 0 : this.#renewalAgeMs - age;
  }

  #nextCheckMs() {
    return Math.min(Math.max(this.#renewalDueMs(), MIN_CHECK_INTERVAL_MS), MAX_CHECK_INTERVAL_MS);
  }

  #plan(ms) {
    this.#cancelCheck();
    if (!this.#isOver) this.#cancelCheck = this.#schedule(ms, () => this.#tick());
  }

  #tick() {
    if (this.#renewalDueMs() <= 0) this.renew();
    else this.#plan(this.#nextCheckMs());
  }

  #postLogOut() {
    return this.#fetch('/logout', {
      method: 'POST',
      headers: { ...bearer(this.#token), accept: 'application/json' },
      cache: 'no-store',
    });
  }
}
