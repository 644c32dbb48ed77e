/**
 * The token with which this page speaks: renews it long before it expires, and ends the session. Knows no page.
 *
 * How old the token is the wall clock tells, which goes on while a computer sleeps; how long it lasts the server says, in
 * seconds, since the two clocks may differ by hours.
 */

import { after } from '../after.js';
import { bearing, renewToken } from './renew-token.js';

/** A token is looked at no sooner than this, however short it lives, and so often, however long. */
const LOOK_AT_LEAST_MS = 5_000;
const LOOK_AT_MOST_MS = 60_000;
const RETRY_MS = 15_000;
/** A token that is as old is renewed, however much longer it lasts. */
const OLD_MS = 12 * 3_600_000;

export class Session {
  #user;
  #token;
  #tab;
  #fetch;
  #now;
  #schedule;
  #refused = () => {};
  /** When the token came, and how old it may get. */
  #came;
  #youngMs;
  #renewing = null;
  #timer = null;
  #isOver = false;

  /**
   * `expiresIn` is the seconds that the token lasts, counted from `ageMs` ago, when the page with it was asked for. `now`
   * is the wall clock.
   */
  constructor({
    user,
    token,
    expiresIn,
    ageMs = 0,
    tab,
    fetch = globalThis.fetch.bind(globalThis),
    now = Date.now,
    schedule = after,
  }) {
    this.#user = user;
    this.#tab = tab;
    this.#fetch = fetch;
    this.#now = now;
    this.#schedule = schedule;
    this.#take(token, expiresIn, ageMs);
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

  /** Looks from now on, again and again, whether the token is to be renewed. */
  start() {
    this.#plan(this.#nextLook());
  }

  /**
   * Renews the token if half of its time is over, or if the clock was set back and nobody knows: for whoever is about to
   * show it, or was away. Never rejects.
   */
  async look() {
    if (!this.#isOver && this.#dueIn() <= 0) await this.renew();
  }

  /**
   * Renews the token now. Resolves to `fresh`, to `refused` when the session is over, or to `unknown` when the server did
   * not say.
   */
  renew() {
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  /** Ends the session on the server, then forgets it. Rejects, and forgets nothing, if the server was not reached. */
  async end() {
    let answer = await this.#postLogOut();
    // The token may only have expired, as in sleep: the session goes on until it is ended.
    if (answer.status === 401 && !this.#isOver) {
      const outcome = await this.renew();
      if (outcome === 'unknown') throw new Error('it is not known whether the session is over');
      if (outcome === 'fresh') answer = await this.#postLogOut();
    }
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
    let outcome = 'unknown';
    try {
      const fresh = await renewToken(this.#token, this.#fetch);
      if (this.#isOver) return 'refused';
      outcome = fresh === null ? 'refused' : 'fresh';
      if (fresh !== null) this.#keep(fresh);
    } catch {
      // The next look asks again.
    }
    if (outcome === 'refused') {
      this.stop();
      this.#refused();
    } else {
      this.#plan(outcome === 'unknown' ? RETRY_MS : this.#nextLook());
    }
    return outcome;
  }

  #keep(fresh) {
    this.#take(fresh.token, fresh.expires_in, 0);
    this.#tab.keep(this.#user, fresh.token);
  }

  #take(token, expiresIn, ageMs) {
    this.#token = token;
    this.#came = this.#now() - ageMs;
    this.#youngMs = Math.min((expiresIn * 1_000) / 2, OLD_MS);
  }

  #dueIn() {
    const age = this.#now() - this.#came;
    return age < 0 ? 0 : this.#youngMs - age;
  }

  #nextLook() {
    return Math.min(Math.max(this.#dueIn(), LOOK_AT_LEAST_MS), LOOK_AT_MOST_MS);
  }

  #plan(ms) {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = this.#schedule(ms, () => this.#tick());
  }

  #tick() {
    if (this.#dueIn() <= 0) this.renew();
    else this.#plan(this.#nextLook());
  }

  #postLogOut() {
    return this.#fetch('/logout', {
      method: 'POST',
      headers: { ...bearing(this.#token), accept: 'application/json' },
      cache: 'no-store',
    });
  }
}
