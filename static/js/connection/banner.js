/**
 * Shows the state of the connection unless it is connected, and announces a reconnection. A screen reader reads the
 * sentence once; the countdown beside it is only visible.
 */

import * as texts from '../texts.js';

/** Most connections are ready before a user could read the sentence. */
const CONNECTING_DELAY_MS = 1_000;
const COUNTDOWN_INTERVAL_MS = 250;
/** The announcement of a reconnection is removed, so that a screen reader does not find it much later. */
const RECONNECTED_DURATION_MS = 5_000;

export class Banner {
  #root;
  #words;
  #aside;
  #countdown;
  #retry;
  #login;
  #moveFocus;
  #timer = null;
  #state = 'starting';
  #retryAt = null;
  #reason = null;
  #hasUnsent = false;

  /** `retry` is called by the retry button, `moveFocus` when a button that has the focus disappears. */
  constructor(root, { retry = () => {}, moveFocus = () => {} } = {}) {
    this.#root = root;
    this.#moveFocus = moveFocus;
    this.#words = root.querySelector('#banner-words');
    this.#aside = root.querySelector('#banner-aside');
    this.#countdown = root.querySelector('#banner-countdown');
    this.#retry = root.querySelector('#banner-retry');
    this.#login = root.querySelector('#banner-login');
    this.#retry.addEventListener('click', retry);
    for (const event of ['online', 'offline']) addEventListener(event, () => this.#render());
  }

  /** Shows a state of the connection, as `connection.js` defines them. */
  show(state, retryAt, reason = null) {
    const isReconnected = this.#state === 'lost' && state === 'connected';
    this.#state = state;
    this.#retryAt = retryAt;
    this.#reason = reason;
    this.#render();
    if (isReconnected) this.#announceReconnection();
  }

  /** Shows that the page cannot work. */
  showBroken() {
    this.#state = 'broken';
    this.#render();
  }

  /** Sets whether a signed-out user has unsent messages. */
  showUnsent(hasUnsent) {
    if (this.#hasUnsent === hasUnsent) return;
    this.#hasUnsent = hasUnsent;
    if (this.#state === 'signed-out') this.#render();
  }

  #render() {
    clearInterval(this.#timer);
    this.#root.dataset.state = this.#state;
    if (this.#state === 'connecting') {
      this.#timer = setTimeout(() => this.#set(texts.banner.connecting), CONNECTING_DELAY_MS);
    } else if (this.#state === 'lost') {
      this.#renderLost();
    } else if (this.#state === 'signed-out') {
      this.#set(this.#hasUnsent ? texts.banner.signedOutUnsent : texts.banner.signedOut, { login: true });
    } else {
      this.#set(this.#state === 'broken' ? texts.banner.broken : '');
    }
  }

  #renderLost() {
    if (!navigator.onLine) {
      this.#set(texts.banner.offline, { retry: true });
      return;
    }
    const sentence = this.#reason === null ? texts.banner.lost : texts.banner.rejected[this.#reason];
    this.#set(sentence, { aside: texts.banner.lostAside, retry: true });
    const tick = () => {
      const seconds = this.#retryAt === null ? 0 : Math.ceil((this.#retryAt - Date.now()) / 1_000);
      this.#countdown.textContent = seconds > 0 ? texts.banner.countdown(seconds) : texts.banner.retrying;
    };
    tick();
    this.#timer = setInterval(tick, COUNTDOWN_INTERVAL_MS);
  }

  #announceReconnection() {
    this.#aside.textContent = texts.banner.reconnected;
    this.#timer = setTimeout(() => this.#set(''), RECONNECTED_DURATION_MS);
  }

  #set(sentence, { aside = '', retry = false, login = false } = {}) {
    if (this.#words.textContent !== sentence) this.#words.textContent = sentence;
    if (this.#aside.textContent !== aside) this.#aside.textContent = aside;
    this.#countdown.textContent = '';
    const focused = document.activeElement;
    const losesFocus = (focused === this.#retry && !retry) || (focused === this.#login && !login);
    this.#retry.hidden = !retry;
    this.#login.hidden = !login;
    this.#root.toggleAttribute('data-shown', sentence !== '');
    if (losesFocus) this.#moveFocus();
  }
}
