/**
 * The button that turns the desktop's notifications on and off, and what stands beside it. Asks for nothing by itself.
 */

import * as texts from '../texts.js';

export class NotifyButton {
  #button;
  #note;
  #notifications;

  constructor({ button, note, notifications }) {
    this.#button = button;
    this.#note = note;
    this.#notifications = notifications;
    button.addEventListener('click', () => this.#toggle());
    this.show();
  }

  /** Shows how it stands. */
  show() {
    const { state } = this.#notifications;
    this.#button.setAttribute('aria-pressed', String(state === 'on'));
    this.#button.disabled = state === 'missing' || state === 'insecure';
    this.#button.hidden = false;
    this.#note.textContent = texts.notify[state];
  }

  /** Only from now on the note is read out as it changes: before, nobody asked. */
  async #toggle() {
    this.#note.setAttribute('role', 'status');
    await this.#notifications.toggle();
    this.show();
  }
}
