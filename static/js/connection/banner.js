/**
 * Says what the connection is doing when it is not simply there, and once that it is there again. The sentence is
 * read out once; the seconds that run down beside it are only seen.
 */

import * as texts from '../texts.js';

/** Most connections are there before anybody could read that they are being made. */
const SAY_CONNECTING_AFTER_MS = 1_000;
const TICK_MS = 250;
/** Whoever reads on with a screen reader need not find it long after. */
const FORGET_BACK_MS = 5_000;

export class Banner {
  #root;
  #words;
  #aside;
  #countdown;
  #retry;
  #login;
  #giveFocus;
  #timer = null;
  #state = 'starting';
  #retryAt = null;
  #reason = null;
  #hasUnsent = false;

  /**
   * `retry` is called when somebody will not wait, `giveFocus` when a button that has the focus goes away: the focus must
   * not go with it.
   */
  constructor(root, { retry = () => {}, giveFocus = () => {} } = {}) {
    this.#root = root;
    this.#giveFocus = giveFocus;
    this.#words = root.querySelector('#banner-words');
    this.#aside = root.querySelector('#banner-aside');
    this.#countdown = root.querySelector('#banner-countdown');
    this.#retry = root.querySelector('#banner-retry');
    this.#login = root.querySelector('#banner-login');
    this.#retry.addEventListener('click', retry);
    for (const event of ['online', 'offline']) addEventListener(event, () => this.#showAgain());
  }

  /** Shows one of the connection's states. */
  show(state, retryAt, reason = null) {
    const isBack = this.#state === 'lost' && state === 'connected';
    this.#state = state;
    this.#retryAt = retryAt;
    this.#reason = reason;
    this.#showAgain();
    if (isBack) this.#sayBack();
  }

  /** Shows that the page cannot work at all. */
  showBroken() {
    this.#state = 'broken';
    this.#showAgain();
  }

  /** Whoever is signed out is told that there are messages which were not sent. */
  tellUnsent(hasUnsent) {
    if (this.#hasUnsent === hasUnsent) return;
    this.#hasUnsent = hasUnsent;
    if (this.#state === 'signed-out') this.#showAgain();
  }

  #showAgain() {
    clearInterval(this.#timer);
    this.#root.dataset.state = this.#state;
    if (this.#state === 'connecting') {
      this.#timer = setTimeout(() => this.#say(texts.banner.connecting), SAY_CONNECTING_AFTER_MS);
    } else if (this.#state === 'lost') {
      this.#showLost();
    } else if (this.#state === 'signed-out') {
      this.#say(this.#hasUnsent ? texts.banner.signedOutUnsent : texts.banner.signedOut, { login: true });
    } else {
      this.#say(this.#state === 'broken' ? texts.banner.broken : '');
    }
  }

  #showLost() {
    if (!navigator.onLine) {
      this.#say(texts.banner.offline, { retry: true });
      return;
    }
    const sentence = this.#reason === null ? texts.banner.lost : texts.banner.refused[this.#reason];
    this.#say(sentence, { aside: texts.banner.lostAside, retry: true });
    const tick = () => {
      const seconds = this.#retryAt === null ? 0 : Math.ceil((this.#retryAt - Date.now()) / 1_000);
      this.#countdown.textContent = seconds > 0 ? texts.banner.countdown(seconds) : texts.banner.trying;
    };
    tick();
    this.#timer = setInterval(tick, TICK_MS);
  }

  #sayBack() {
    this.#aside.textContent = texts.banner.back;
    this.#timer = setTimeout(() => this.#say(''), FORGET_BACK_MS);
  }

  #say(sentence, { aside = '', retry = false, login = false } = {}) {
    if (this.#words.textContent !== sentence) this.#words.textContent = sentence;
    if (this.#aside.textContent !== aside) this.#aside.textContent = aside;
    this.#countdown.textContent = '';
    const focused = document.activeElement;
    const losesFocus = (focused === this.#retry && !retry) || (focused === this.#login && !login);
    this.#retry.hidden = !retry;
    this.#login.hidden = !login;
    this.#root.toggleAttribute('data-shown', sentence !== '');
    if (losesFocus) this.#giveFocus();
  }
}
