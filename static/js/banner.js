/**
 * Says what the connection is doing when it is not simply there. The sentence is read out once; the seconds that
 * run down beside it are only seen.
 */

import * as texts from './texts.js';

/** Most connections are there before anybody could read that they are being made. */
const SAY_CONNECTING_AFTER_MS = 1_000;
const TICK_MS = 250;

export class Banner {
  #root;
  #status;
  #countdown;
  #retry;
  #login;
  #timer = null;

  /** `retry` is called when somebody will not wait. */
  constructor(root, { retry = () => {} } = {}) {
    this.#root = root;
    this.#status = root.querySelector('#banner-status');
    this.#countdown = root.querySelector('#banner-countdown');
    this.#retry = root.querySelector('#banner-retry');
    this.#login = root.querySelector('#banner-login');
    this.#retry.addEventListener('click', retry);
  }

  /** Shows one of the connection's states. */
  show(state, retryAt) {
    clearInterval(this.#timer);
    this.#root.dataset.state = state;
    if (state === 'connecting') {
      this.#timer = setTimeout(() => this.#say(texts.banner.connecting), SAY_CONNECTING_AFTER_MS);
    } else if (state === 'lost') {
      this.#say(texts.banner.lost, { retry: true });
      this.#countDown(retryAt);
    } else if (state === 'signed-out') {
      this.#say(texts.banner.signedOut, { login: true });
    } else {
      this.#say('');
    }
  }

  /** Shows that the page cannot work at all. */
  showBroken() {
    this.#root.dataset.state = 'broken';
    this.#say(texts.banner.broken);
  }

  #say(sentence, { retry = false, login = false } = {}) {
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
    this.#countdown.textContent = '';
    this.#retry.hidden = !retry;
    this.#login.hidden = !login;
    this.#root.toggleAttribute('data-shown', sentence !== '');
  }

  #countDown(retryAt) {
    const tick = () => {
      const seconds = retryAt === null ? 0 : Math.ceil((retryAt - Date.now()) / 1_000);
      this.#countdown.textContent = seconds > 0 ? texts.banner.countdown(seconds) : texts.banner.trying;
    };
    tick();
    this.#timer = setInterval(tick, TICK_MS);
  }
}
