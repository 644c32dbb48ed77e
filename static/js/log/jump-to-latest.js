/**
 * The button that leads to the newest messages while the user reads older ones, with the number of unread messages.
 */

import * as texts from '../texts.js';

export class JumpToLatest {
  #button;
  #words = document.createElement('span');

  /** `pressed` is called when the user presses the button, until `signal` aborts. */
  constructor(button, { pressed, signal }) {
    const arrow = document.createElement('span');
    arrow.setAttribute('aria-hidden', 'true');
    arrow.textContent = ' ↓';
    button.replaceChildren(this.#words, arrow);
    button.addEventListener('click', pressed, { signal });
    this.#button = button;
  }

  /** `count` messages are unread, or more if `areMore`. Without unread ones the button is shown only if `isFar`. */
  show({ count, areMore, isFar }) {
    const words = count > 0 ? texts.newMessages(count, areMore) : texts.jumpToLatest;
    if (this.#words.textContent !== words) this.#words.textContent = words;
    this.#button.toggleAttribute('data-unread', count > 0);
    this.#button.hidden = count === 0 && !isFar;
  }
}
