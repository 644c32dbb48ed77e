/**
 * The card of a person, which a click on a name opens: who it is, and a direct message.
 */

import { Dialog } from './dialog.js';
import { fillAvatar } from '../people/identity-view.js';
import { roomTexts } from './room-texts.js';
import * as texts from '../texts.js';

/** What opens the card: a button with the name, or a name in a text, for a mouse. */
const OPENERS = '.person-button, .mention[data-username]';

export class PersonCard {
  #dialog;
  #me;
  #ask;
  #opened;
  #person;

  /**
   * `ask(event, body)` resolves to the server's ack; `me` is the user; `opened(room)` is called with the direct message.
   */
  constructor(element, { ask, me, opened, returnFocus }) {
    this.#dialog = new Dialog(element, { returnFocus });
    this.#me = me;
    this.#ask = ask;
    this.#opened = opened;
    document.addEventListener('click', ({ target }) => this.#clicked(target.closest(OPENERS)));
    this.#dialog.find('.person-message').addEventListener('click', () => this.message(this.#person));
  }

  /** Opens the card of a person: `username` and `display_name`. */
  open(person) {
    this.#person = person;
    const isMe = person.username === this.#me.username;
    fillAvatar(this.#dialog.find('.avatar'), person);
    this.#dialog.find('.dialog-title').textContent = person.display_name;
    this.#dialog.find('.person-handle').textContent = texts.handle(person.username);
    this.#dialog.find('.person-message').hidden = isMe;
    this.#dialog.find('.person-is-me').hidden = !isMe;
    this.#dialog.open();
  }

  /** Opens the direct message with a person; if the server refuses it, the card says why. */
  async message(person) {
    const answer = await this.#ask('direct', { usernames: [person.username] });
    if (answer.ok) {
      this.#dialog.close();
      this.#opened(answer.room);
      return;
    }
    if (!this.#dialog.isOpen) this.open(person);
    this.#dialog.problem(roomTexts.problem(answer));
  }

  #clicked(opener) {
    if (opener === null || !opener.dataset.username) return;
    const { username, name } = opener.dataset;
    this.open({ username, display_name: name ?? username });
  }
}
