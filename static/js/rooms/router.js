/**
 * The address of the page: which room it names, and on a phone whether the list of rooms or the room is the screen. Links
 * to rooms, and the browser's Back and Forward, open a room without loading the page again.
 */

import { pathOf, roomAt } from './room-names.js';

/** The address of the list of rooms, which is a screen of its own on a phone only. */
export const LIST_HASH = '#rooms';

export class Router {
  #window;
  #moved;

  /** `moved({room, isList})` is called after each change of the address; `room` may be unknown to the page. */
  constructor({ window, moved }) {
    this.#window = window;
    this.#moved = moved;
    window.document.addEventListener('click', (event) => this.#clicked(event));
    window.addEventListener('popstate', () => this.#report());
  }

  /** The id of the room at the current address. */
  get room() {
    return roomAt(this.#window.location.pathname);
  }

  /** Whether the current address is that of the list. */
  get isList() {
    return this.#window.location.hash === LIST_HASH;
  }

  /** Opens a room. */
  go(room) {
    this.#push(pathOf(room));
  }

  #push(path) {
    const { history, location } = this.#window;
    // The state belongs to the tab, which may keep its user there.
    if (location.pathname + location.hash !== path) history.pushState(history.state, '', path);
    this.#report();
  }

  #report() {
    this.#moved({ room: this.room, isList: this.isList });
  }

  #clicked(event) {
    const link = event.target.closest?.('a[href]');
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link === null || link === undefined || !isPlain || event.defaultPrevented || link.target !== '') return;
    const { origin, pathname, hash } = new URL(link.href);
    const isHere = origin === this.#window.location.origin && roomAt(pathname) !== null;
    if (!isHere || (hash !== '' && hash !== LIST_HASH)) return;
    event.preventDefault();
    this.#push(pathname + hash);
  }
}
