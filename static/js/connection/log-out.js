/**
 * Logs this tab's own person out and says so when it fails. Asks first if that would lose messages. Without it the
 * form does the same with the token that the page was born with.
 */

import * as texts from '../texts.js';

export class LogOut {
  #form;
  #error;
  #dialog;
  #session;
  #loginUrl;
  #writing;

  /** `writing()` is where one writes, or undefined as long as there is no such place. */
  constructor({ form, error, dialog, session, loginUrl, writing }) {
    this.#form = form;
    this.#error = error;
    this.#dialog = dialog;
    this.#session = session;
    this.#loginUrl = loginUrl;
    this.#writing = writing;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#askOrLeave();
    });
    dialog.querySelector('#leave-stay').addEventListener('click', () => dialog.close());
    dialog.querySelector('#leave-go').addEventListener('click', () => this.#leave());
    dialog.addEventListener('close', () => this.#stay());
  }

  async #askOrLeave() {
    const unsent = (await this.#writing()?.gatherUnsent()) ?? 0;
    if (this.#dialog.open) return;
    if (unsent === 0) {
      this.#leave();
      return;
    }
    this.#dialog.querySelector('#leave-error').textContent = '';
    this.#dialog.querySelector('#leave-about').textContent = texts.logOut.unsent(unsent);
    this.#dialog.showModal();
  }

  /** On a phone the button that asked is in a menu that has closed: the focus would have nowhere to go back to. */
  #stay() {
    if (this.#form.getClientRects().length === 0) this.#writing()?.focus();
  }

  async #leave() {
    try {
      await this.#session.end();
      await this.#writing()?.forget();
      location.assign(this.#loginUrl);
    } catch {
      const place = this.#dialog.open ? this.#dialog.querySelector('#leave-error') : this.#error;
      place.textContent = texts.logOut.failed;
    }
  }
}
