/**
 * The members of a room: everybody sees and searches them, members add people, owners remove them and make them owners.
 */

import { Dialog } from './dialog.js';
import { LOBBY } from './room-names.js';
import { SearchView } from './search-view.js';
import { roomTexts } from './room-texts.js';
import * as texts from '../texts.js';

export class MembersDialog {
  #dialog;
  #members;
  #people;
  #ask;
  #me;
  #confirm;
  #openPerson;
  #room;

  /**
   * `ask(event, body)` resolves to the server's ack; `me` is the id of the user; `confirm` is a `Confirmation`;
   * `openPerson(person)` offers what one can do with a person.
   */
  constructor(element, { ask, template, me, confirm, openPerson, returnFocus }) {
    this.#dialog = new Dialog(element, { closed: () => this.#close(), returnFocus });
    this.#ask = ask;
    this.#me = me;
    this.#confirm = confirm;
    this.#openPerson = openPerson;
    this.#members = new SearchView(element.querySelector('.members-of-room'), {
      template,
      ask: (query) => this.#find({ room: this.#room.id, ...query }),
      rowOf: (member) => this.#memberRow(member),
      words: roomTexts.foundMembers,
    });
    this.#people = new SearchView(element.querySelector('.members-to-add'), {
      template,
      ask: (query) => this.#find({ room: LOBBY, ...query }),
      rowOf: (person) => this.#personRow(person),
      words: roomTexts.foundPeople,
      needsText: true,
    });
  }

  /** Opens the dialog for a room. `title` is the name of the room. */
  open(room, title) {
    this.#room = room;
    this.#dialog.find('.dialog-title').textContent = roomTexts.membersOf(title);
    this.#dialog.find('.members-to-add').hidden = !mayAdd(room);
    this.#dialog.open();
    this.#members.open();
    this.#people.open();
  }

  /** The room changed, perhaps also what the user may do in it. */
  update(room) {
    if (!this.#dialog.isOpen || room.id !== this.#room.id) return;
    this.#room = room;
    this.#dialog.find('.members-to-add').hidden = !mayAdd(room);
    this.#members.refresh();
  }

  #close() {
    this.#members.close();
    this.#people.close();
  }

  async #find(query) {
    const answer = await this.#ask('members', query);
    return answer.ok ? { items: answer.members, next: answer.next } : { problem: roomTexts.problem(answer) };
  }

  #memberRow(member) {
    const { id, username, display_name: name, role } = member;
    const isMe = id === this.#me;
    const note = [texts.handle(username), role === 'owner' ? roomTexts.owner : '', isMe ? roomTexts.isMe : ''];
    const buttons = isMe ? [] : [{ words: roomTexts.message, run: () => this.#leaveTo(member) }];
    if (this.#room.role === 'owner' && !this.#room.archived && !isMe) buttons.push(...this.#ownersButtons(member));
    return { name, note: note.filter(Boolean).join(' · '), person: member, buttons };
  }

  #ownersButtons(member) {
    const isOwner = member.role === 'owner';
    const change = { words: isOwner ? roomTexts.makeMember : roomTexts.makeOwner, role: isOwner ? 'member' : 'owner' };
    return [
      { words: change.words, run: () => this.#setRole(member, change.role) },
      { words: roomTexts.remove, run: () => this.#remove(member) },
    ];
  }

  #personRow(person) {
    const { id, username, display_name: name } = person;
    if (id === this.#me) return null;
    const add = { words: roomTexts.add, run: () => this.#add(person) };
    return { name, note: texts.handle(username), person, buttons: [add] };
  }

  async #add({ id, display_name: name }) {
    const isDone = await this.#change('add', { user: id }, this.#people, roomTexts.added(name));
    if (isDone) this.#people.focus();
  }

  #setRole({ id, display_name: name }, role) {
    return this.#change('set role', { user: id, role }, this.#members, roomTexts.roleIs(name, role));
  }

  async #remove({ id, display_name: name }) {
    if (!(await this.#confirm.ask(roomTexts.confirmRemove(name)))) return;
    await this.#change('remove', { user: id }, this.#members, roomTexts.removed(name));
  }

  /** Resolves to whether it worked. */
  async #change(event, body, view, done) {
    const answer = await this.#ask(event, { room: this.#room.id, ...body });
    this.#dialog.problem(answer.ok ? '' : roomTexts.problem(answer));
    if (answer.ok) await this.#members.refresh();
    if (answer.ok) view.say(done);
    return answer.ok;
  }

  #leaveTo(member) {
    this.#dialog.close();
    this.#openPerson(member);
  }
}

/** The lobby has everybody, and a direct message its people. */
function mayAdd({ id, kind, role, archived }) {
  return id !== LOBBY && kind !== 'direct' && role !== null && !archived;
}
