/**
 * Logs this tab's user out, and shows when that fails. Asks first if unsent messages would be deleted. Without this
 * script the form logs out with the token that the page was served with.
 */

import * as texts from '../texts.js';

export class LogOut {
  #form;
  #error;
  #dialog;
  #session;
  #loginUrl;
  #app;

  /** `app()` returns the `App`, or undefined while it is not open. */
  constructor({ form, error, dialog, session, loginUrl, app }) {
    this.#form = form;
    this.#error = error;
    this.#dialog = dialog;
    this.#session = session;
    this.#loginUrl = loginUrl;
    this.#app = app;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#confirmOrLeave();
    });
    dialog.querySelector('#leave-stay').addEventListener('click', () => dialog.close());
    dialog.querySelector('#leave-go').addEventListener('click', () => this.#leave());
    dialog.addEventListener('close', () => this.#stay());
  }

  async #confirmOrLeave() {
    const unsent = (await this.#app()?.gatherUnsent()) ?? 0;
    if (this.#dialog.open) return;
    if (unsent === 0) {
      this.#leave();
      return;
    }
    this.#dialog.querySelector('#leave-error').textContent = '';
    this.#dialog.querySelector('#leave-about').textContent = texts.logOut.unsent(unsent);
    this.#dialog.showModal();
  }

  /** On a phone the log-out button is in a menu that is closed by now, so the focus cannot return to it. */
  #stay() {
    if (this.#form.getClientRects().length === 0) this.#app()?.focus();
  }

  async #leave() {
    try {
      await this.#session.end();
      await this.#app()?.forget();
      location.assign(this.#loginUrl);
    } catch {
      const place = this.#dialog.open ? this.#dialog.querySelector('#leave-error') : this.#error;
      place.textContent = texts.logOut.failed;
    }
  }
}
