/**
 * Logs this tab's own person out. Without it the form still works, but ends the session of the browser's cookie,
 * which may be that of another tab.
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
