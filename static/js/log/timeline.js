/**
 * A room's log in this page: connects the known log, the user's pending messages, what the server sends and the view.
 * Contains no rules of its own.
 */

import { Backfill } from './backfill.js';
import { ListView } from './list-view.js';
import { LogView } from './log-view.js';
import { isInForeground } from '../page-visibility.js';
import { PendingMessages } from './pending-messages.js';
import { messageItems } from './message-items.js';
import { Reading } from './reading.js';
import { RoomLog } from './room-log.js';
import { ScrollPane } from './scroll-pane.js';
import { openStorage } from '../storage.js';
import { Sync } from './sync.js';

export class Timeline {
  #me;
  #log;
  #pending = new PendingMessages();
  #reading;
  #view;
  #sync;
  #backfill;
  #arrived;
  #readingStart = null;

  /**
   * `element` is the room's, `template` a message's; `page` is `{coveredTo, lastSeq}` of the messages in the element.
   * `rooms` is the `RoomList`, `marks` the `ReadMarks`. `request(event, body)` resolves to the server's ack. `resend`,
   * `edit` and `discard` are called with the id of a failed message, `mention` and `openPerson` with a sender.
   * `arrived(messages, {areNew})` gets the messages that became known, except the user's own ones that `showItem` added.
   */
  constructor({ element, template, room, page, me, names, rooms, marks, request, arrived, lifetime, ...actions }) {
    const find = (name) => element.querySelector(`.${name}`);
    const { schedule, signal } = lifetime;
    const { resend, edit, discard, mention, openPerson } = actions;
    this.#me = me;
    this.#arrived = arrived;
    const pane = new ScrollPane(find('log'), lifetime);
    const buttons = { resend, edit, discard, load: (before) => this.#sync.readBefore(before) };
    const menuOf = messageItems({ me, mention, openPerson, reading: () => this.#reading, marked: () => this.#view.changed() });
    const list = new ListView({ room: element, list: find('messages'), template, me, pane, names, buttons, menuOf, openPerson, signal });
    this.#log = new RoomLog({ ...page, messages: list.adopt() });
    this.#reading = new Reading({
      room,
      me,
      rooms,
      marks,
      log: this.#log,
      storage: openStorage('sessionStorage'),
      isInForeground: () => isInForeground(window),
      changed: () => this.#view.changed(),
      lifetime,
    });
    this.#sync = new Sync({
      log: this.#log,
      room,
      request,
      missed: (messages) => {
        this.#view.messagesMissed(messages);
        this.#added(messages, { areNew: true });
      },
      read: (messages) => {
        // Before anything of the first page is seen, so that the divider is where the user had read to.
        this.#reading.recount();
        this.#added(messages, { areNew: false });
      },
      schedule,
    });
    this.#view = new LogView({
      region: find('live-region'),
      toLatest: find('jump-to-latest'),
      toUnread: find('jump-to-unread'),
      me,
      pane,
      list,
      log: this.#log,
      pending: this.#pending,
      reading: this.#reading,
      readUnread: () => this.#readUnread(),
      rendered: () => this.#backfill.run(),
      lifetime,
    });
    this.#backfill = new Backfill({ line: find('backfill'), log: this.#log, sync: this.#sync, view: this.#view, schedule });
    pane.whenSentTo({ start: () => this.#view.toStart(this.#readStart()), end: () => this.#view.toEnd() });
  }

  /** The ids of the user's own messages that are known. */
  get ownIds() {
    return this.#ownIdsOf(this.#log.messages);
  }

  redraw() {
    this.#view.changed();
  }

  /** Takes live entries from the server. */
  receive(entries) {
    this.#addLive(this.#sync.receive(entries));
  }

  /** Takes the number of the log's last entry. */
  receiveTip(tip) {
    this.#sync.receiveTip(tip);
  }

  /** Shows the current state of an outbox item, and adds the entry of a stored one to the log. */
  showItem(item) {
    if (this.#pending.has(item.id) || this.#log.find(this.#me.id, item.id) === undefined) this.#showPending(item);
    if (item.entry === undefined) return;
    const messages = this.#sync.receive([item.entry]);
    this.#removeLogged([]);
    this.#addLive(messages.filter(({ seq }) => seq !== item.entry.seq));
  }

  /** The connection is lost. */
  disconnected() {
    this.#reading.disconnected();
  }

  /** The room is shown again. */
  enter() {
    this.#reading.enter();
    this.#view.changed();
  }

  /** The room is no longer shown. */
  leave() {
    this.#reading.leave();
  }

  /** Reads what was sent while there was no connection. Resolves after that, or when the server did not answer. */
  async catchUp() {
    await this.#sync.catchUp();
    if (!this.#log.hasPage) await this.#sync.readBefore(this.#log.first);
    this.#backfill.run();
  }

  #showPending(item) {
    const change = this.#pending.update(item);
    if (change === 'failed') this.#view.messageFailed(item);
    if (change === 'sent') this.#view.messageSent();
    else this.#view.changed();
  }

  #addLive(messages) {
    if (messages.length === 0) return;
    this.#view.messagesArrived(messages);
    this.#added(messages, { areNew: true });
  }

  #added(messages, { areNew }) {
    this.#removeLogged(this.#ownIdsOf(messages));
    this.#view.changed();
    this.#arrived(messages, { areNew });
  }

  #removeLogged(ids) {
    this.#pending.removeLogged(ids, this.#log.last);
  }

  #ownIdsOf(messages) {
    return messages.filter(({ sender }) => sender?.id === this.#me.id).map(({ id }) => id);
  }

  /** Resolves to whether the beginning was read. Requests it once, however often the key is pressed. */
  #readStart() {
    if (this.#log.isStartKnown) return false;
    this.#readingStart ??= this.#sync.readAfter(0).finally(() => (this.#readingStart = null));
    return this.#readingStart;
  }

  /** Resolves to whether the first unread messages were read: those below the divider. */
  #readUnread() {
    const { dividerAfter } = this.#reading.unread;
    return this.#log.isCompleteAfter(dividerAfter) ? false : this.#sync.readAfter(dividerAfter);
  }
}
