/**
 * The list of people above the field. One of them is active: the field refers to it, and a screen reader reads it.
 */

import { fillAvatar } from '../people/identity-view.js';
import * as texts from '../texts.js';

let lists = 0;

export class CompletionList {
  #field;
  #element = document.createElement('ul');
  #status = document.createElement('p');
  #people = [];
  #at = 0;

  /** `taken(person)` is called by a press on a person. */
  constructor({ form, field, taken, signal }) {
    lists += 1;
    this.#field = field;
    Object.assign(this.#element, { id: `completion-${lists}`, className: 'completion', hidden: true });
    Object.assign(this.#element, { role: 'listbox', ariaLabel: texts.completion.label });
    Object.assign(this.#status, { className: 'visually-hidden', role: 'status' });
    form.append(this.#element, this.#status);
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', this.#element.id);
    // The field keeps the focus, and a phone its keyboard.
    this.#element.addEventListener('pointerdown', (event) => event.preventDefault());
    this.#element.addEventListener('mousedown', (event) => event.preventDefault());
    this.#element.addEventListener('click', ({ target }) => {
      const option = target.closest('[role="option"]');
      if (option !== null) taken(this.#people[[...this.#element.children].indexOf(option)]);
    });
    signal.addEventListener('abort', () => [this.#element, this.#status].forEach((node) => node.remove()));
  }

  /** The active person, or null while the list is closed. */
  get active() {
    return this.#people[this.#at] ?? null;
  }

  /** Shows people, the first one active unless the active one is still there; closes the list if there are none. */
  show(people) {
    if (people.length === 0 && this.#people.length === 0) return;
    const before = this.active?.id;
    const isChanged = people.length !== this.#people.length;
    this.#people = people;
    this.#element.replaceChildren(...people.map((person, i) => this.#create(person, i)));
    this.#element.hidden = people.length === 0;
    if (isChanged) this.#status.textContent = people.length === 0 ? '' : texts.completion.count(people.length);
    this.#activate(Math.max(people.findIndex(({ id }) => id === before), 0));
  }

  /** Makes the next person active, or the one before; after the last one comes the first. */
  move(step) {
    this.#activate((this.#at + step + this.#people.length) % this.#people.length);
  }

  #activate(at) {
    this.#at = at;
    const options = [...this.#element.children];
    options.forEach((option, i) => option.setAttribute('aria-selected', String(i === at)));
    if (options.length === 0) {
      this.#field.removeAttribute('aria-activedescendant');
      return;
    }
    this.#field.setAttribute('aria-activedescendant', options[at].id);
    options[at].scrollIntoView({ block: 'nearest' });
  }

  #create(person, i) {
    const [option, avatar, name, handle] = ['li', 'span', 'bdi', 'bdi'].map((tag) => document.createElement(tag));
    Object.assign(option, { id: `${this.#element.id}-${i}`, role: 'option' });
    avatar.className = 'avatar';
    avatar.setAttribute('aria-hidden', 'true');
    fillAvatar(avatar, person);
    name.className = 'completion-name';
    name.textContent = person.display_name;
    handle.className = 'handle';
    handle.textContent = texts.handle(person.username);
    option.append(avatar, name, ' ', handle);
    return option;
  }
}
