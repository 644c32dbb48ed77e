/**
 * The button at each message with what one can do with it. All these buttons together are one stop of the Tab key: arrow
 * keys lead from one to the next. Does not decide what one can do.
 */

import { Menu } from '../menu.js';
import * as texts from '../texts.js';

export class MessageMenu {
  #list;
  #menu;
  #itemsOf;
  /** The stop of the Tab key, and whether the user chose it. */
  #button = null;
  #isChosen = false;

  /** `itemsOf(element)` returns the items of a message's menu, as `Menu.open` takes them; without any there is no button. */
  constructor({ list, parent, itemsOf, signal }) {
    this.#list = list;
    this.#itemsOf = itemsOf;
    this.#menu = new Menu(parent, { label: texts.message.menu, signal });
    list.addEventListener('click', ({ target }) => this.#clicked(target.closest('.more')), { signal });
    list.addEventListener('focusin', ({ target }) => target.matches('.more') && this.#become(target, { isChosen: true }), { signal });
    list.addEventListener('keydown', (event) => this.#pressed(event), { signal });
  }

  /** The list has changed: the stop of the Tab key is the message that the user chose, or the last one. */
  listChanged() {
    const last = this.#buttons.at(-1);
    const isKept = this.#isChosen && this.#button.isConnected;
    if (!isKept && last !== undefined) this.#become(last, { isChosen: false });
  }

  get #buttons() {
    return [...this.#list.querySelectorAll('.message:not([data-erased]) .more')];
  }

  #clicked(button) {
    if (button === null) return;
    this.#menu.open(button, this.#itemsOf(button.closest('.message')));
  }

  #become(button, { isChosen }) {
    this.#isChosen = isChosen;
    if (this.#button === button) return;
    if (this.#button !== null) this.#button.tabIndex = -1;
    button.tabIndex = 0;
    this.#button = button;
  }

  #pressed(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || !event.target.matches('.more')) return;
    const buttons = this.#buttons;
    // At the ends the log scrolls.
    const next = buttons[buttons.indexOf(event.target) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }
}

/** Adds the button to the element of a message. */
export function addMenuButton(node) {
  const place = document.createElement('span');
  const button = document.createElement('button');
  const sign = document.createElement('span');
  place.className = 'more-place';
  // A new message is read out without it.
  place.setAttribute('aria-live', 'off');
  Object.assign(button, { type: 'button', className: 'more', tabIndex: -1, ariaLabel: texts.message.menu });
  Object.assign(button, { ariaHasPopup: 'menu', ariaExpanded: 'false' });
  sign.setAttribute('aria-hidden', 'true');
  sign.textContent = '⋯';
  button.append(sign);
  place.append(button);
  node.append(place);
}
