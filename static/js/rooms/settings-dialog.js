/**
 * The settings of a room: what it notifies of, marking it as read, leaving it; for owners its name, its topic and the
 * archive.
 */

import { Dialog } from './dialog.js';
import { LOBBY } from './room-names.js';
import { roomTexts } from './room-texts.js';

export class SettingsDialog {
  #dialog;
  #form;
  #ask;
  #confirm;
  #actions;
  #room;

  /**
   * `ask(event, body)` resolves to the server's ack; `confirm` is a `Confirmation`. Of the `actions`, `changed(room)` and
   * `notifyChanged(id, notify)` take what the server confirmed, `left(id)` is called after leaving, and `markRead(id)` and
   * `markAllRead()` mark messages as read.
   */
  constructor(element, { ask, confirm, actions, returnFocus }) {
    this.#dialog = new Dialog(element, { returnFocus });
    this.#form = element.querySelector('form');
    this.#ask = ask;
    this.#confirm = confirm;
    this.#actions = actions;
    this.#listen(element);
  }

  /** Opens the dialog for a room of the user. `title` is the name of the room. */
  open(room, title) {
    this.#dialog.find('.dialog-title').textContent = roomTexts.settingsOf(title);
    this.#fill(room);
    this.#dialog.open();
  }

  /** The room changed. What the user is typing stays. */
  update(room) {
    if (!this.#dialog.isOpen || room.id !== this.#room.id) return;
    const { name, topic } = this.#form.elements;
    const typed = { name: name.value, topic: topic.value };
    const [isNameTyped, isTopicTyped] = [typed.name !== (this.#room.name ?? ''), typed.topic !== this.#room.topic];
    this.#fill(room);
    if (isNameTyped) name.value = typed.name;
    if (isTopicTyped) topic.value = typed.topic;
  }

  #listen(element) {
    const onClick = (css, action) => element.querySelector(css).addEventListener('click', action);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#save();
    });
    element.querySelector('.settings-notify').addEventListener('change', ({ target }) => this.#setNotify(target.value));
    onClick('.settings-read', () => this.#done(() => this.#actions.markRead(this.#room.id)));
    onClick('.settings-read-all', () => this.#done(() => this.#actions.markAllRead()));
    onClick('.settings-leave', () => this.#leave());
    onClick('.settings-archive', () => this.#archive());
    onClick('.settings-restore', () => this.#change({ archived: false }));
  }

  #fill(room) {
    this.#room = room;
    const { id, kind, name, topic, role, archived, notify } = room;
    this.#form.hidden = role !== 'owner' || archived;
    this.#form.elements.name.value = name ?? '';
    this.#form.elements.topic.value = topic;
    for (const radio of this.#dialog.element.querySelectorAll('.settings-notify input')) radio.checked = radio.value === notify;
    this.#dialog.find('.settings-leave').hidden = id === LOBBY || kind === 'direct';
    this.#dialog.find('.settings-archive').hidden = role !== 'owner' || archived;
    this.#dialog.find('.settings-restore').hidden = role !== 'owner' || !archived;
  }

  #done(action) {
    this.#dialog.close();
    action();
  }

  async #setNotify(notify) {
    if (notify === this.#room.notify) return;
    const { id } = this.#room;
    const answer = await this.#ask('notify', { room: id, notify });
    this.#dialog.problem(answer.ok ? '' : roomTexts.problem(answer));
    if (answer.ok) this.#actions.notifyChanged(id, notify);
  }

  #save() {
    const { name, topic } = this.#form.elements;
    return this.#change({ name: name.value, topic: topic.value });
  }

  async #change(change) {
    const answer = await this.#ask('change room', { room: this.#room.id, ...change });
    if (!answer.ok) {
      this.#dialog.problem(roomTexts.problem(answer));
      return;
    }
    this.#done(() => this.#actions.changed(answer.room));
  }

  async #archive() {
    if (await this.#confirm.ask(roomTexts.confirmArchive)) await this.#change({ archived: true });
  }

  async #leave() {
    const { id, kind } = this.#room;
    if (!(await this.#confirm.ask(roomTexts.confirmLeave(kind)))) return;
    const answer = await this.#ask('leave', { room: id });
    if (answer.ok) this.#done(() => this.#actions.left(id));
    else this.#dialog.problem(roomTexts.problem(answer));
  }
}
