/**
 * The buttons that lead to other parts of the log: to the newest messages while the user reads older ones, with the number
 * of unread messages, and to the first unread message while it is above the visible ones.
 */

import * as texts from '../texts.js';

export class JumpToLatest {
  #button;
  #words;

  /** `pressed` is called when the user presses the button, until `signal` aborts. */
  constructor(button, { pressed, signal }) {
    this.#button = button;
    this.#words = fill(button, ' ↓');
    button.addEventListener('click', pressed, { signal });
  }

  /** `count` messages are unread, or more if `areMore`. Without unread ones the button is shown only if `isFar`. */
  show({ count, areMore, isFar }) {
    const words = count > 0 ? texts.newMessages(count, areMore) : texts.jumpToLatest;
    if (this.#words.textContent !== words) this.#words.textContent = words;
    this.#button.toggleAttribute('data-unread', count > 0);
    this.#button.hidden = count === 0 && !isFar;
  }
}

export class JumpToUnread {
  #button;
  /** The divider that the user has seen: the button is not offered for it again. */
  #seen = null;

  /** `pressed` is called when the user presses the button, until `signal` aborts. */
  constructor(button, { pressed, signal }) {
    this.#button = button;
    fill(button, ' ↑').textContent = texts.jumpToUnread;
    button.addEventListener('click', pressed, { signal });
  }

  /** `dividerAfter` is the number after which the divider is, or null; `isAbove`: it is above the visible messages. */
  show({ dividerAfter, isAbove }) {
    if (!isAbove) this.#seen = dividerAfter;
    this.#button.hidden = !isAbove || this.#seen === dividerAfter;
  }
}

/** Returns the element for the words, which an arrow follows. */
function fill(button, arrow) {
  const [words, sign] = [document.createElement('span'), document.createElement('span')];
  sign.setAttribute('aria-hidden', 'true');
  sign.textContent = arrow;
  button.replaceChildren(words, sign);
  return words;
}
