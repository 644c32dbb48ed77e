/**
 * Which parts of the page are visible besides the room: on a phone the list instead of it, on a wide page the column with the
 * members, and a notice where there is no room to show.
 */

import { readJson, writeJson } from '../storage.js';

/** From this width on the members are a column, as in `members.css`. */
const WIDE = '(min-width: 1100px)';
/** Up to this width the list and the room are two screens, as in `chat.css`. */
const PHONE = '(max-width: 700px)';
const KEY = 'natter.members';

export class Screens {
  #root;
  #notice;
  #members;
  #storage;
  #wide = matchMedia(WIDE);
  #phone = matchMedia(PHONE);
  #touch = matchMedia('(pointer: coarse)');

  /** `root` is the page's element. */
  constructor({ root, storage }) {
    this.#root = root;
    this.#notice = root.querySelector('.room-notice');
    this.#members = root.querySelector('#members');
    this.#storage = storage;
    this.#members.toggleAttribute('data-closed', readJson(storage, KEY) === false);
    root.addEventListener('click', (event) => this.#clicked(event));
    this.#members.addEventListener('toggle', () => this.#markButtons());
    this.#wide.addEventListener('change', () => this.#markButtons());
    this.#markButtons();
  }

  /** Without a script these buttons would do nothing. */
  enableButtons(parts) {
    const buttons = parts.flatMap((part) => [...part.querySelectorAll('button[data-script]')]);
    for (const button of buttons) button.disabled = false;
  }

  /** Shows the list or the room, where only one of them has space. */
  show({ isList }) {
    this.#root.dataset.screen = isList ? 'list' : 'room';
  }

  /** Shows why there is no room. */
  showNotice({ title, about }) {
    this.#notice.querySelector('.notice-title').textContent = title;
    this.#notice.querySelector('.notice-about').textContent = about;
    this.#notice.hidden = false;
  }

  /** A room is shown, perhaps a new one: there is no notice, and its buttons are as those of the others. */
  showRoom() {
    this.#notice.hidden = true;
    this.#markButtons();
  }

  focusNotice() {
    this.#notice.focus();
  }

  /** Moves the focus to the composer of an open room, or to what stands in its place. */
  focus(open, listView) {
    const isListOnly = this.#root.dataset.screen === 'list' && this.#phone.matches;
    if (isListOnly) listView.focus(open?.frame.room.id);
    else if (open === undefined) this.focusNotice();
    else if (open.element.dataset.access === 'member') open.room.focus();
    else open.frame.focus();
  }

  /** The same after a room was opened. On a touch screen a focus in the composer would open the keyboard. */
  focusOpened(open, listView) {
    if (open !== undefined && this.#touch.matches) open.frame.focus();
    else this.focus(open, listView);
  }

  /** Without space for a column the members are a popover, which the browser opens. */
  #clicked(event) {
    if (!this.#wide.matches || event.target.closest('.people-button') === null) return;
    event.preventDefault();
    const isClosed = this.#members.toggleAttribute('data-closed');
    writeJson(this.#storage, KEY, isClosed ? false : null);
    this.#markButtons();
  }

  /** For screen readers: whether the members are visible. */
  #markButtons() {
    const isOpen = this.#wide.matches ? !this.#members.hasAttribute('data-closed') : this.#members.matches(':popover-open');
    for (const button of this.#root.querySelectorAll('.people-button')) button.setAttribute('aria-expanded', String(isOpen));
  }
}
