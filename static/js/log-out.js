/**
 * Logs this tab's own person out and says so when it fails. Without it the form does the same with the token that the
 * page was born with.
 */

import * as texts from './texts.js';

export class LogOut {
  #error;
  #session;
  #loginUrl;

  constructor({ form, error, session, loginUrl }) {
    this.#error = error;
    this.#session = session;
    this.#loginUrl = loginUrl;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#leave();
    });
  }

  async #leave() {
    try {
      await this.#session.end();
      location.assign(this.#loginUrl);
    } catch {
      this.#error.textContent = texts.logOutFailed;
    }
  }
}
