/**
 * The rooms of the page: connects the list, the address, the rooms that are open, the dialogs and the server. Contains no
 * rules of its own.
 */

import { DirectPresence } from './direct-presence.js';
import { OpenRooms } from './open-rooms.js';
import { RoomDialogs } from './room-dialogs.js';
import { RoomFeed } from './room-feed.js';
import { RoomListView } from './room-list-view.js';
import { LOBBY, titleOf } from './room-names.js';
import { Router } from './router.js';
import { Screens } from './screens.js';
import { FrameTask, Lifetime } from '../schedule.js';
import { roomTexts } from './room-texts.js';

export class Rooms {
  #me;
  #list;
  #connection;
  #alerts;
  #screens;
  #view;
  #open;
  #presence;
  #feed;
  #router;
  #dialogs;
  #frame;
  /** Like `Connection.request`, but also resolves without an answer, to a refusal of this page's own. */
  #ask = (event, body) => this.#connection.request(event, body).catch(() => ({ ok: false, code: 'no_answer' }));
  /** The ids of the rooms that were shown, the last one first. */
  #recent = [];

  /**
   * `root` is the page's element; `me` the user; `list` the `RoomList`; `marks` the `ReadMarks`; `boot.room` is the room
   * with which the page came. `makeRoom({element, panel, info, hidden})` returns a `Room`, which calls `hidden(id)`.
   */
  constructor({ root, me, boot, list, marks, connection, alerts, storage, makeRoom, templates }) {
    this.#me = me;
    this.#list = list;
    this.#connection = connection;
    this.#alerts = alerts;
    this.#screens = new Screens({ root, storage });
    const request = (...args) => connection.request(...args);
    this.#presence = new DirectPresence({ me: me.id, request, changed: () => this.#changed() });
    this.#feed = this.#createFeed();
    this.#view = new RoomListView({
      root: root.querySelector('#rooms'),
      template: templates.roomLink,
      me: me.id,
      isHere: (id) => this.#presence.isHere(id),
    });
    const hidden = (id) => this.#presence.hidden(id);
    this.#open = new OpenRooms({ root, templates, me: me.id, makeRoom: (parts) => makeRoom({ ...parts, hidden }) });
    this.#router = new Router({ window, moved: (place) => this.#moved(place) });
    this.#dialogs = this.#createDialogs({ root, marks, template: templates.choice });
    this.#frame = new FrameTask(() => this.#render(), new Lifetime());
    this.#open.adopt(boot.room);
    this.#screens.enableButtons([root, templates.room.content, templates.people.content]);
  }

  /** Shows the card of a person. */
  openPerson(person) {
    this.#dialogs.openPerson(person);
  }

  /** Opens the room with which the page came, and follows the connection. */
  async start() {
    const { room, frame } = this.#open.get(this.#open.shown);
    await room.open();
    this.#list.whenChanged(() => this.#changed());
    this.#connection.follow(this.#feed.handlers);
    this.#shown(frame.room);
    this.#screens.show({ isList: this.#router.isList });
  }

  /** Shows a room, with its address. */
  go(id) {
    this.#router.go(id);
  }

  /** Moves the focus to the composer of the room, or to what stands in its place. */
  focus() {
    this.#screens.focus(this.#open.get(this.#open.shown), this.#view);
  }

  async #moved({ room, isList }) {
    this.#screens.show({ isList });
    if (room === null) return;
    if (isList) this.#view.focus(this.#open.shown);
    else if (await this.#show(room)) this.#screens.focusOpened(this.#open.get(this.#open.shown), this.#view);
  }

  /** Resolves to whether this is still what the address names. */
  async #show(id) {
    const known = this.#list.get(id) ?? this.#open.get(id)?.frame.room;
    if (known !== undefined) {
      this.#showRoom(known);
      return true;
    }
    this.#open.hide();
    const answer = await this.#ask('room', { room: id });
    if (this.#router.room !== id) return false;
    if (answer.ok) this.#showRoom(answer.room);
    else this.#showNotice(answer.code === 'no_answer' ? roomTexts.noAnswer : roomTexts.unknown);
    return true;
  }

  #showRoom(info) {
    const isNew = this.#open.get(info.id) === undefined;
    const { room, frame } = this.#open.show(info);
    if (isNew) room.open();
    frame.show(info);
    this.#shown(info);
    this.#feed.refresh(info.id);
  }

  #shown(info) {
    this.#screens.showRoom();
    this.#recent = [info.id, ...this.#recent.filter((id) => id !== info.id)];
    this.#alerts.setRoom(titleOf(info, this.#me.id));
    this.#changed();
  }

  #showNotice(notice) {
    this.#open.hide();
    this.#screens.showNotice(notice);
    this.#alerts.setRoom(notice.title);
    this.#changed();
  }

  /** Takes a room from the server, wherever it is shown. */
  #put(room) {
    if (room.role !== null || this.#list.get(room.id) !== undefined) this.#list.update(room);
    const open = this.#open.get(room.id);
    if (open !== undefined) this.#reframe(open, room);
    if (this.#open.shown === room.id) this.#alerts.setRoom(titleOf(room, this.#me.id));
    this.#dialogs.update(room);
  }

  /** A user who came into a room, or is no longer in it, receives more or less than before. */
  #reframe({ frame, room: page, element }, room) {
    const hasFocus = element.contains(document.activeElement);
    const isOther = (frame.room.role === null) !== (room.role === null);
    frame.show(room);
    if (isOther && this.#open.shown === room.id) {
      page.hide();
      page.show();
    }
    if (hasFocus && document.activeElement === document.body) this.focus();
  }

  /** The user is no longer in a room. A public one can still be read. */
  async #lost(id) {
    this.#list.update({ id, gone: true });
    const isShown = this.#open.shown === id || (this.#open.shown === null && this.#router.room === id);
    if (!isShown) {
      this.#open.close(id);
      return;
    }
    const answer = await this.#ask('room', { room: id });
    if (answer.ok) {
      this.#put(answer.room);
    } else if (answer.code !== 'no_answer') {
      this.#open.close(id);
      if (this.#router.room !== id) return;
      this.#showNotice(roomTexts.gone);
      this.#screens.focusNotice();
    }
  }

  /** The room that is shown reports its new messages itself, with those that it missed. */
  #arrived(entries) {
    const elsewhere = entries.filter(({ room }) => room !== this.#open.shown);
    if (elsewhere.length > 0) this.#alerts.messagesArrived(elsewhere);
  }

  #replaced(rooms) {
    for (const room of rooms) {
      const open = this.#open.get(room.id);
      if (open !== undefined) this.#reframe(open, room);
    }
    const { shown } = this.#open;
    if (shown !== null) this.#feed.refresh(shown);
    else if (this.#router.room !== null) this.#show(this.#router.room);
  }

  async #join(id) {
    const answer = await this.#ask('join', { room: id });
    if (!answer.ok) return this.#dialogs.tell(answer);
    this.#put(answer.room);
    this.go(id);
  }

  #left(id) {
    this.go(LOBBY);
    this.#lost(id);
  }

  #changed() {
    this.#frame.request();
  }

  #render() {
    const { all } = this.#list;
    this.#view.show(all, this.#open.shown);
    if (this.#connection.state === 'connected') this.#presence.follow(all);
  }

  #createFeed() {
    return new RoomFeed({
      list: this.#list,
      presence: this.#presence,
      ask: this.#ask,
      changed: (room) => this.#put(room),
      lost: (id) => this.#lost(id),
      replaced: (rooms) => this.#replaced(rooms),
      arrived: (entries) => this.#arrived(entries),
    });
  }

  #createDialogs({ root, marks, template }) {
    return new RoomDialogs({
      root,
      template,
      me: this.#me,
      ask: this.#ask,
      rooms: {
        recent: () => this.#recent,
        shown: () => this.#open.get(this.#open.shown)?.frame.room ?? null,
        put: (room) => this.#put(room),
        go: (id) => this.go(id),
        join: (id) => this.#join(id),
        left: (id) => this.#left(id),
      },
      list: this.#list,
      marks,
      focus: () => this.focus(),
    });
  }
}
