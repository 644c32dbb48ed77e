/**
 * The list in the page: makes it contain given rows, in their order. An element stays in the page as long as its row is
 * in the list. Does not decide which rows there are.
 */

import { firstIndex } from './binary-search.js';
import { isCollapsed, toggleCollapse } from './collapse.js';
import { createDivider, fillDivider, loadGap } from './divider-view.js';
import { addMenuButton, MessageMenu } from './message-menu.js';
import {
  adoptMessage,
  createPending,
  createStored,
  fillAmbiguity,
  fillContinues,
  fillState,
  fillStored,
} from './message-view.js';
import { messageRow } from './rows.js';
import { selectedElements, SelectionAnchor } from './selection.js';

export class ListView {
  #list;
  #template;
  #me;
  #pane;
  #names;
  #menu;
  #anchor;
  #restore;
  /** The elements by the keys of their rows, and the rows by their elements. */
  #elements = new Map();
  #rows = new Map();

  /**
   * `buttons` are called by the buttons with these classes: `resend(id)`, `edit(id)`, `discard(id)` and `load(seq)`, which
   * resolves to whether it worked. `menuOf(entry)` returns the items of a message's menu, which is put into `room`;
   * `openPerson(sender)` is called by a press on a face or a name. `names` decides which names are ambiguous.
   */
  constructor({ room, list, template, me, pane, names, buttons, menuOf, openPerson, signal }) {
    this.#list = list;
    this.#template = template;
    this.#me = me;
    this.#pane = pane;
    this.#names = names;
    const entryOf = (element) => this.#rows.get(element).entry;
    this.#menu = new MessageMenu({ list, parent: room, itemsOf: (element) => menuOf(entryOf(element)), signal });
    this.#anchor = new SelectionAnchor({ list, restore: (row) => this.#restore(row), signal });
    list.addEventListener('click', ({ target }) => this.#clicked(target, { buttons, openPerson }), { signal });
    list.addEventListener('focusin', ({ target }) => this.#focused(target), { signal });
    list.addEventListener('animationend', ({ target }) => target.classList.remove('arriving'), { signal });
  }

  /** Takes over the messages that are in the list, and removes everything else. Returns their entries. */
  adopt() {
    for (const element of [...this.#list.children]) if (!element.dataset.seq) element.remove();
    return [...this.#list.children].map((element) => {
      const entry = adoptMessage(element, this.#me);
      addMenuButton(element);
      this.#keep(element, messageRow(entry, this.#me));
      return entry;
    });
  }

  /** Calls `action` with a removed row that must be in the list at once, because the user extends a selection to it. */
  whenRestored(action) {
    this.#restore = action;
  }

  /** The numbers of the `first` and the `last` selected message, or null. */
  get selected() {
    const elements = selectedElements([...this.#list.children], getSelection());
    const rows = elements.map((element) => this.#rows.get(element));
    const entries = rows.filter(({ kind }) => kind === 'message').map(({ entry }) => entry);
    return entries.length === 0 ? null : { first: entries[0].seq, last: entries.at(-1).seq };
  }

  /** Returns the rows that are not in the list. */
  missing(rows) {
    return rows.filter(({ key }) => !this.#elements.has(key));
  }

  /** The rows of the `first`, the `middle` and the `last` visible message, or null. */
  get visible() {
    const { top, bottom } = this.#pane.box;
    const elements = [...this.#list.children];
    const below = (y) => firstIndex(elements, (element) => element.getBoundingClientRect().bottom > y);
    const end = firstIndex(elements, (element) => element.getBoundingClientRect().top >= bottom);
    const messages = (from) =>
      elements
        .slice(from, end)
        .map((element) => this.#rows.get(element))
        .filter(({ kind }) => kind === 'message');
    const all = messages(below(top));
    if (all.length === 0) return null;
    return { first: all[0], middle: messages(below((top + bottom) / 2))[0] ?? all.at(-1), last: all.at(-1) };
  }

  /** Makes the list contain these rows. The row `anchor` stays where it is on the screen; for null, the end does. */
  render(rows, { anchor = null, arriving = new Set() } = {}) {
    const element = anchor && (this.#elements.get(anchor.key) ?? null);
    this.#names.add(rows.map(({ sender }) => sender).filter(Boolean));
    this.#pane.keepInPlace(element, () => {
      this.#removeOthers(new Set(rows.map(({ key }) => key)));
      this.#putInOrder(rows, arriving);
    });
    this.#menu.listChanged();
  }

  /** Scrolls to the line above the unread messages, if it is in the list. */
  showDivider() {
    this.#pane.toTop(this.#elements.get('unread') ?? null);
  }

  /** Keeps a row in place when the width changes; for null, the end. */
  hold(row) {
    this.#pane.hold(row && (this.#elements.get(row.key) ?? null));
  }

  #clicked(target, { buttons, openPerson }) {
    const message = target.closest('.message');
    if (target.closest('.collapse-toggle') !== null) this.#toggle(message);
    // For a mouse; the menu of the message has the same for keyboards.
    if (target.closest('.who, .message .avatar') !== null) openPerson(this.#rows.get(message).sender);
    const name = Object.keys(buttons).find((each) => target.closest(`.${each}`));
    if (name === undefined) return;
    const element = target.closest('li');
    if (name === 'load') loadGap(element, buttons.load);
    else buttons[name](element.dataset.id);
  }

  /** An expanded message grows downwards. When it collapses, the button stays where it was pressed. */
  #toggle(message) {
    const fixed = isCollapsed(message) ? message : message.querySelector('.collapse-toggle');
    this.#pane.keepInPlace(fixed, () => toggleCollapse(message));
  }

  /** Expands a message in which a link gets the focus by keyboard. */
  #focused(target) {
    const message = target.closest('.message');
    if (!target.matches('.text :focus-visible') || !isCollapsed(message)) return;
    this.#toggle(message);
    target.scrollIntoView({ block: 'nearest' });
  }

  #removeOthers(keys) {
    const others = [...this.#elements].filter(([key]) => !keys.has(key));
    if (others.length === 0) return;
    this.#anchor.elementsRemoved(others.map(([, element]) => element), (element) => this.#rows.get(element));
    for (const [key, element] of others) {
      if (element.contains(document.activeElement)) this.#pane.focus();
      this.#elements.delete(key);
      this.#rows.delete(element);
      element.remove();
    }
  }

  /** An element that is at the right place is not moved: a screen reader would read it again. */
  #putInOrder(rows, arriving) {
    let next = this.#list.firstElementChild;
    for (const row of rows) {
      const element = this.#elements.get(row.key) ?? this.#reuse(row.key) ?? this.#create(row, arriving.has(row));
      if (element === next) next = next.nextElementSibling;
      else this.#list.insertBefore(element, next);
      if (row.sender !== undefined) this.#fillAmbiguity(element, row, arriving);
      this.#fill(element, row);
    }
  }

  #reuse(key) {
    const removed = this.#anchor.removedWithKey(key);
    if (removed === null) return undefined;
    this.#rows.set(removed.element, removed.row);
    return removed.element;
  }

  #create(row, isArriving) {
    if (row.kind !== 'message' && row.kind !== 'own') return createDivider(row);
    const element =
      row.kind === 'own'
        ? createPending(this.#template, row.item, this.#me)
        : createStored(this.#template, row.entry, this.#me);
    if (row.kind === 'message') addMenuButton(element);
    element.classList.toggle('arriving', isArriving);
    return element;
  }

  #fill(element, row) {
    const known = this.#rows.get(element);
    if (row.kind === 'own') fillState(element, row.item.state, row.item);
    else if (row.kind !== 'message') fillDivider(element, row);
    else if (known !== undefined && known.entry !== row.entry) this.#fillStored(element, row.entry);
    if (row.continues !== undefined) fillContinues(element, row.continues);
    this.#keep(element, row);
  }

  /** A message of the user has a menu from when it is stored. */
  #fillStored(element, entry) {
    fillStored(element, entry, this.#me);
    if (element.querySelector('.more') === null) addMenuButton(element);
  }

  /** A user name that is added to an old message is not read out, unless new messages must be. */
  #fillAmbiguity(element, { sender }, arriving) {
    const isChanged = fillAmbiguity(element, sender !== null && this.#names.isAmbiguous(sender));
    if (isChanged && this.#rows.has(element) && arriving.size === 0) this.#pane.silence();
  }

  #keep(element, row) {
    this.#elements.set(row.key, element);
    this.#rows.set(element, row);
  }
}
