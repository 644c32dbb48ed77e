/**
 * The dialogs of the rooms and the buttons that open them. Contains no rules of its own.
 */

import { Confirmation, Dialog } from './dialog.js';
import { MembersDialog } from './members-dialog.js';
import { BrowseDialog, CreateDialog, DirectDialog } from './new-room-dialogs.js';
import { PersonCard } from './person-card.js';
import { titleOf } from './room-names.js';
import { SettingsDialog } from './settings-dialog.js';
import { SwitcherView } from './switcher-view.js';
import { roomTexts } from './room-texts.js';

export class RoomDialogs {
  #me;
  #rooms;
  #list;
  #switcher;
  #browse;
  #create;
  #direct;
  #members;
  #settings;
  #person;
  #problem;

  /**
   * `root` contains the buttons; the dialogs are in the page. `ask(event, body)` resolves to the server's ack; `list` is the
   * `RoomList`. Of `rooms`, `recent()` returns the ids of the rooms that were shown last, `shown()` the room that is shown;
   * `put(room)`, `go(id)`, `join(id)` and `left(id)` act. `focus()` moves the focus to the room.
   */
  constructor({ root, template, me, ask, list, rooms, marks, focus }) {
    const byId = (id) => document.getElementById(id);
    const common = { ask, template, returnFocus: focus };
    const confirm = new Confirmation(byId('confirm'), common);
    const opened = (room) => this.#opened(room);
    this.#me = me;
    this.#rooms = rooms;
    this.#problem = new Dialog(byId('problem'), common);
    this.#list = list;
    this.#switcher = new SwitcherView(byId('switcher'), {
      ...common,
      me,
      source: () => ({ rooms: list.all, recent: rooms.recent() }),
      choose: (offer) => this.#choose(offer),
    });
    this.#create = new CreateDialog(byId('create-room'), { ...common, created: opened });
    this.#browse = new BrowseDialog(byId('browse'), {
      ...common,
      open: rooms.go,
      join: rooms.join,
      create: (name) => this.#create.open(name),
    });
    this.#direct = new DirectDialog(byId('new-direct'), { ...common, me: me.id, opened });
    this.#person = new PersonCard(byId('person-card'), { ...common, me, opened });
    this.#members = new MembersDialog(byId('members-dialog'), {
      ...common,
      me: me.id,
      confirm,
      openPerson: (person) => this.#person.open(person),
    });
    this.#settings = new SettingsDialog(byId('settings'), { ...common, confirm, actions: this.#settingsActions(marks) });
    this.#listen(root, ask);
  }

  /** A room changed: open dialogs show it. */
  update(room) {
    this.#members.update(room);
    this.#settings.update(room);
  }

  /** Shows the card of a person. */
  openPerson(person) {
    this.#person.open(person);
  }

  /** Says why the server refused something that has no dialog of its own. */
  tell(answer) {
    this.#problem.open();
    this.#problem.problem(roomTexts.problem(answer));
  }

  #settingsActions(marks) {
    return {
      changed: this.#rooms.put,
      notifyChanged: (id, notify) => this.#list.setNotify(id, notify),
      left: this.#rooms.left,
      markRead: (id) => marks.markRead(id),
      markAllRead: () => marks.markAllRead(),
    };
  }

  /** By class: the buttons of a room are made with it. */
  #listen(root, ask) {
    const actions = {
      'find': () => this.#switcher.open(),
      'rooms-browse': () => this.#browse.open(),
      'rooms-create': () => this.#create.open(),
      'rooms-write': () => this.#direct.open(),
      'room-settings': () => this.#openWith(this.#settings),
      'room-members': () => this.#openWith(this.#members),
      'room-join': () => this.#rooms.join(this.#rooms.shown().id),
      'room-restore': () => this.#restore(ask),
    };
    root.addEventListener('click', ({ target }) => {
      const button = target.closest('button');
      const name = button && Object.keys(actions).find((each) => button.classList.contains(each));
      if (name) actions[name]();
    });
  }

  #openWith(dialog) {
    const room = this.#rooms.shown();
    if (room !== null) dialog.open(room, titleOf(room, this.#me.id));
  }

  async #restore(ask) {
    const answer = await ask('change room', { room: this.#rooms.shown().id, archived: false });
    if (answer.ok) this.#opened(answer.room);
    else this.tell(answer);
  }

  #choose({ kind, room, person }) {
    const known = kind === 'person' ? this.#list.directWith(person.username) : room;
    if (known === undefined) this.#person.message(person);
    else this.#rooms.go(known.id);
  }

  #opened(room) {
    this.#rooms.put(room);
    this.#rooms.go(room.id);
  }
}
