/**
 * The list in the page: makes it hold the rows that it is given and no others, in their order. An element stays as long
 * as its row does. Decides nothing about what there is to show.
 */

import { firstIndex } from './first-index.js';
import { isFolded, turnFold } from './fold.js';
import { createLine, fillLine, loadGap } from './line-view.js';
import { adopt, createPending, createStored, fillDoubt, fillJoined, fillState, fillStored } from './message-view.js';
import { messageRow } from './rows.js';
import { Selected, touched } from './selected.js';

export class ListView {
  #list;
  #template;
  #me;
  #pane;
  #names;
  #selected;
  #bring;
  /** The elements by the keys of their rows, and the rows by their elements. */
  #elements = new Map();
  #rows = new Map();

  /**
   * `buttons` are `resend(id)`, `edit(id)`, `drop(id)` and `load(seq)`, called when somebody presses that button; the
   * last one resolves to whether that worked.
   */
  constructor({ list, template, me, pane, names, buttons }) {
    this.#list = list;
    this.#template = template;
    this.#me = me;
    this.#pane = pane;
    this.#names = names;
    this.#selected = new Selected({ list, bring: (row) => this.#bring(row) });
    list.addEventListener('click', ({ target }) => {
      if (target.closest('.collapse-toggle') !== null) this.#turn(target.closest('.message'));
      const name = Object.keys(buttons).find((each) => target.closest(`.${each}`));
      if (name === undefined) return;
      const line = target.closest('li');
      if (name === 'load') loadGap(line, buttons.load);
      else buttons[name](line.dataset.id);
    });
    list.addEventListener('focusin', ({ target }) => this.#show(target));
    list.addEventListener('animationend', ({ target }) => target.classList.remove('arriving'));
  }

  /** Takes over the messages that the server wrote. Returns their entries. */
  adopt() {
    return [...this.#list.children].map((element) => {
      const entry = adopt(element, this.#me);
      this.#keep(element, messageRow(entry, this.#me));
      return entry;
    });
  }

  /** Calls back with a row that must be put into the list at once, because a selection begins in it. */
  whenBrought(action) {
    this.#bring = action;
  }

  /** The numbers of the first and the last message that are selected; null if none is. */
  get selected() {
    const rows = touched([...this.#list.children], getSelection()).map((element) => this.#rows.get(element));
    const entries = rows.filter(({ kind }) => kind === 'message').map(({ entry }) => entry);
    return entries.length === 0 ? null : { first: entries[0].seq, last: entries.at(-1).seq };
  }

  /** The rows that are not in the list yet. */
  missing(rows) {
    return rows.filter(({ key }) => !this.#elements.has(key));
  }

  /** The rows of the messages that are seen: the first, the one in the middle, the last; null if there is none. */
  get seen() {
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

  /** Makes the list hold these rows. The one of `anchor` stays where it is; null if the end does. */
  render(rows, { anchor = null, arriving = new Set() } = {}) {
    const element = anchor && (this.#elements.get(anchor.key) ?? null);
    this.#names.note(rows.map(({ sender }) => sender).filter(Boolean));
    this.#pane.keeping(element, () => {
      this.#removeOthers(new Set(rows.map(({ key }) => key)));
      this.#putInOrder(rows, arriving);
    });
  }

  /** Has a row stay in place when the width changes; null if the end is to. */
  hold(row) {
    this.#pane.hold(row && (this.#elements.get(row.key) ?? null));
  }

  /** What becomes taller grows downwards; what becomes shorter leaves the button where it was pressed. */
  #turn(message) {
    const stays = isFolded(message) ? message : message.querySelector('.collapse-toggle');
    this.#pane.keeping(stays, () => turnFold(message));
  }

  /** What gets the focus by keyboard must be seen. */
  #show(target) {
    const message = target.closest('.message');
    if (!target.matches('.text :focus-visible') || !isFolded(message)) return;
    this.#turn(message);
    target.scrollIntoView({ block: 'nearest' });
  }

  #removeOthers(keys) {
    const others = [...this.#elements].filter(([key]) => !keys.has(key));
    if (others.length === 0) return;
    this.#selected.leave(others.map(([, element]) => element), (element) => this.#rows.get(element));
    for (const [key, element] of others) {
      if (element.contains(document.activeElement)) this.#pane.focus();
      this.#elements.delete(key);
      this.#rows.delete(element);
      element.remove();
    }
  }

  /** An element that stands where it should is not moved: it would be read out again. */
  #putInOrder(rows, arriving) {
    let next = this.#list.firstElementChild;
    for (const row of rows) {
      const element = this.#elements.get(row.key) ?? this.#bringBack(row.key) ?? this.#create(row, arriving.has(row));
      if (element === next) next = next.nextElementSibling;
      else this.#list.insertBefore(element, next);
      if (row.sender !== undefined) this.#fillDoubt(element, row, arriving);
      this.#fill(element, row);
    }
  }

  #bringBack(key) {
    const known = this.#selected.comeBack(key);
    if (known === null) return undefined;
    this.#rows.set(known.element, known.row);
    return known.element;
  }

  #create(row, isArriving) {
    if (row.kind !== 'message' && row.kind !== 'own') return createLine(row);
    const element =
      row.kind === 'own'
        ? createPending(this.#template, row.item, this.#me)
        : createStored(this.#template, row.entry, this.#me);
    element.classList.toggle('arriving', isArriving);
    return element;
  }

  #fill(element, row) {
    const known = this.#rows.get(element);
    if (row.kind === 'own') fillState(element, row.item.state, row.item);
    else if (row.kind !== 'message') fillLine(element, row);
    else if (known !== undefined && known.entry !== row.entry) fillStored(element, row.entry, this.#me);
    if (row.continues !== undefined) fillJoined(element, row.continues);
    this.#keep(element, row);
  }

  /** What stood there before is no news, though something is added to it; but what just came is to be read out. */
  #fillDoubt(element, { sender }, arriving) {
    const isChanged = fillDoubt(element, sender !== null && this.#names.isDoubtful(sender));
    if (isChanged && this.#rows.has(element) && arriving.size === 0) this.#pane.silence();
  }

  #keep(element, row) {
    this.#elements.set(row.key, element);
    this.#rows.set(element, row);
  }
}
