/**
 * The button that leads to the newest messages while somebody reads further up, with the number of those that came.
 */

import * as texts from '../texts.js';

export class ToEnd {
  #button;
  #words = document.createElement('span');

  constructor(button, { pressed }) {
    const arrow = document.createElement('span');
    arrow.setAttribute('aria-hidden', 'true');
    arrow.textContent = ' ↓';
    button.replaceChildren(this.#words, arrow);
    button.addEventListener('click', pressed);
    this.#button = button;
  }

  /** Shows or hides it. `count` messages are unread, or more if `areMore`; `isFar` says whether the end is far. */
  show({ count, areMore, isFar }) {
    const words = count > 0 ? texts.toEnd.unread(count, areMore) : texts.toEnd.newest;
    if (this.#words.textContent !== words) this.#words.textContent = words;
    this.#button.toggleAttribute('data-unread', count > 0);
    this.#button.hidden = count === 0 && !isFar;
  }
}
