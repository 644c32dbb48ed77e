/**
 * A field, and the list of what was found for it, each with its buttons. A screen reader announces how many there are. Fills the
 * page's `<template>` for a row, by text alone.
 */

import { fillAvatar } from '../people/identity-view.js';
import { Search } from './search.js';
import { roomTexts } from './room-texts.js';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} [note] beside the name
 * @property {object} [person] whose avatar is shown
 * @property {string} [kind] of a room, whose sign is shown
 * @property {{ words: string, run: () => void }[]} buttons
 */

export class SearchView {
  #input;
  #status;
  #list;
  #more;
  #template;
  #rowOf;
  #words;
  #needsText;
  #search;

  /**
   * `root` has the field and the list. `ask` is that of `Search`; `rowOf(item)` returns a `Row`, or null for an item that is
   * not shown; `words(count)` is said about the number of rows. With `needsText` nothing is searched for an empty field.
   */
  constructor(root, { template, ask, rowOf, words, needsText = false }) {
    this.#input = root.querySelector('.search-input');
    this.#status = root.querySelector('.search-status');
    this.#list = root.querySelector('.search-list');
    this.#more = root.querySelector('.search-more');
    this.#template = template;
    this.#rowOf = rowOf;
    this.#words = words;
    this.#needsText = needsText;
    this.#search = new Search({ ask, show: (found) => this.#show(found) });
    this.#input.addEventListener('input', () => this.#typed());
    this.#more.addEventListener('click', () => this.#search.more());
  }

  /** Empties the field and searches for everything. */
  open() {
    this.#input.value = '';
    this.#clear();
    return this.refresh();
  }

  /** Searches again for what is in the field. */
  refresh() {
    if (this.#needsText && this.#input.value.trim() === '') return this.#clear();
    return this.#search.start(this.#input.value);
  }

  /** Drops what is on its way. */
  close() {
    this.#search.stop();
  }

  /** Moves the focus to the field. */
  focus() {
    this.#input.focus();
  }

  /** Says something about the list. */
  say(words) {
    this.#status.textContent = words;
  }

  #typed() {
    if (this.#needsText && this.#input.value.trim() === '') this.#clear();
    else this.#search.typed(this.#input.value);
  }

  #clear() {
    this.#search.stop();
    this.#list.replaceChildren();
    this.#more.hidden = true;
    this.#status.textContent = '';
  }

  #show({ items, next, problem, isMore }) {
    if (problem !== undefined) {
      this.say(problem);
      return;
    }
    const rows = items.map((item) => this.#rowOf(item)).filter((row) => row !== null);
    const hadFocus = this.#list.contains(document.activeElement);
    const elements = rows.map((row) => this.#createRow(row));
    if (isMore) this.#list.append(...elements);
    else this.#list.replaceChildren(...elements);
    if (hadFocus && !this.#list.contains(document.activeElement)) this.focus();
    if (next === null && document.activeElement === this.#more) this.focus();
    this.#more.hidden = next === null;
    this.say(this.#words(this.#list.childElementCount));
  }

  #createRow({ name, note = '', person, kind, buttons }) {
    const row = this.#template.content.firstElementChild.cloneNode(true);
    const sign = row.querySelector('.room-sign');
    if (person !== undefined) fillAvatar(sign, person);
    else sign.classList.remove('avatar');
    sign.dataset.kind = kind ?? 'direct';
    row.querySelector('.choice-name').textContent = name;
    row.querySelector('.choice-note').textContent = note;
    row.querySelector('.choice-do').append(...buttons.map(({ words, run }) => createButton(words, name, run)));
    return row;
  }
}

/** The name of a button contains the name of its row. */
function createButton(words, name, run) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'small';
  button.textContent = words;
  button.setAttribute('aria-label', roomTexts.buttonOf(words, name));
  button.addEventListener('click', () => run());
  return button;
}
