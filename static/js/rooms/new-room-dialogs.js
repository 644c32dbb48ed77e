/**
 * The dialogs that lead to another room: a new one, one of the public ones, and a direct message to somebody.
 */

import { Dialog } from './dialog.js';
import { LOBBY } from './room-names.js';
import { SearchView } from './search-view.js';
import { roomTexts } from './room-texts.js';
import * as texts from '../texts.js';

/** The maximum number of other people in a direct message. */
const MAX_OTHERS = 8;

/** Creates a room. */
export class CreateDialog {
  #dialog;
  #form;
  #ask;
  #created;

  /** `ask(event, body)` resolves to the server's ack; `created(room)` is called with a new room. */
  constructor(element, { ask, created, returnFocus }) {
    this.#dialog = new Dialog(element, { returnFocus });
    this.#form = element.querySelector('form');
    this.#ask = ask;
    this.#created = created;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** Opens the dialog, with a name to begin with. */
  open(name = '') {
    this.#form.reset();
    this.#form.elements.name.value = name;
    this.#dialog.open();
  }

  async #submit() {
    const { name, kind, topic } = this.#form.elements;
    const answer = await this.#ask('create room', { name: name.value, kind: kind.value, topic: topic.value });
    if (!answer.ok) {
      this.#dialog.problem(roomTexts.problem(answer));
      name.focus();
      return;
    }
    this.#dialog.close();
    this.#created(answer.room);
  }
}

/** Finds a public room to read or join. */
export class BrowseDialog {
  #dialog;
  #view;

  /** `open(id)` shows a room, `join(id)` joins and shows it, `create(name)` opens the dialog for a new one. */
  constructor(element, { ask, template, open, join, create, returnFocus }) {
    this.#dialog = new Dialog(element, { closed: () => this.#view.close(), returnFocus });
    this.#view = new SearchView(element, {
      template,
      ask: async (query) => {
        const answer = await ask('rooms', query);
        if (!answer.ok) return { problem: roomTexts.problem(answer) };
        return { items: answer.public, next: answer.next };
      },
      rowOf: (room) => ({
        name: room.name,
        note: room.topic,
        kind: room.kind,
        buttons: [
          { words: roomTexts.look, run: () => this.#leave(() => open(room.id)) },
          { words: roomTexts.join, run: () => this.#leave(() => join(room.id)) },
        ],
      }),
      words: roomTexts.foundRooms,
    });
    const input = element.querySelector('.search-input');
    element.querySelector('.browse-create').addEventListener('click', () => this.#leave(() => create(input.value.trim())));
  }

  open() {
    this.#dialog.open();
    this.#view.open();
  }

  #leave(action) {
    this.#dialog.close();
    action();
  }
}

/** Chooses the people of a direct message. */
export class DirectDialog {
  #dialog;
  #view;
  #ask;
  #me;
  #opened;
  #chosen = new Map();

  /** `opened(room)` is called with the direct message; `me` is the id of the user. */
  constructor(element, { ask, template, me, opened, returnFocus }) {
    this.#dialog = new Dialog(element, { closed: () => this.#view.close(), returnFocus });
    this.#ask = ask;
    this.#me = me;
    this.#opened = opened;
    this.#view = new SearchView(element, {
      template,
      ask: async (query) => {
        const answer = await ask('members', { room: LOBBY, ...query });
        if (!answer.ok) return { problem: roomTexts.problem(answer) };
        return { items: answer.members, next: answer.next };
      },
      rowOf: (person) => this.#rowOf(person),
      words: roomTexts.foundPeople,
    });
    element.querySelector('.direct-chosen').addEventListener('click', ({ target }) => this.#remove(target));
    element.querySelector('.direct-go').addEventListener('click', () => this.#start());
  }

  open() {
    this.#chosen.clear();
    this.#showChosen();
    this.#dialog.open();
    this.#view.open();
  }

  #rowOf(person) {
    const { id, username, display_name: name } = person;
    if (id === this.#me || this.#chosen.has(username)) return null;
    const choose = { words: roomTexts.choose, run: () => this.#choose(person) };
    return { name, note: texts.handle(username), person, buttons: [choose] };
  }

  #choose(person) {
    if (this.#chosen.size >= MAX_OTHERS) {
      this.#dialog.problem(roomTexts.tooManyChosen(MAX_OTHERS));
      return;
    }
    this.#chosen.set(person.username, person);
    this.#showChosen();
    this.#view.open();
    this.#view.focus();
  }

  #remove(target) {
    const button = target.closest('button');
    if (button === null) return;
    this.#chosen.delete(button.dataset.username);
    this.#showChosen();
    this.#view.refresh();
    this.#view.focus();
  }

  #showChosen() {
    const buttons = [...this.#chosen.values()].map(({ username, display_name: name }) => {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', className: 'small chosen', textContent: `${name} ×` });
      button.setAttribute('aria-label', roomTexts.buttonOf(roomTexts.unchoose, name));
      button.dataset.username = username;
      return button;
    });
    this.#dialog.find('.direct-chosen').replaceChildren(...buttons);
    this.#dialog.find('.direct-go').disabled = this.#chosen.size === 0;
    this.#dialog.problem('');
  }

  async #start() {
    const answer = await this.#ask('direct', { usernames: [...this.#chosen.keys()] });
    if (!answer.ok) {
      this.#dialog.problem(roomTexts.problem(answer));
      return;
    }
    this.#dialog.close();
    this.#opened(answer.room);
  }
}
