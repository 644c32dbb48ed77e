/**
 * Joins how far the user has read in the shown room with what the server keeps: the reader's place when the room is
 * entered, what is seen from then on, and what the user does in other windows. Does not access the page.
 */

import { readJson, writeJson } from '../storage.js';
import { Unread } from './unread.js';

export class Reading {
  #room;
  #me;
  #rooms;
  #marks;
  #log;
  #divider;
  #unread;
  /** The place that the server had when it was last compared. */
  #serverSeq;
  #isShown = true;
  #isInForeground;
  #changed;

  /**
   * `rooms` is the `RoomList`, `marks` the `ReadMarks`, `log` the `RoomLog`; `storage` is the tab's, in which the divider
   * survives a reload; `changed()` is called when the user's place was moved elsewhere, until the `lifetime` ends.
   */
  constructor({ room, me, rooms, marks, log, storage, isInForeground, changed, lifetime }) {
    this.#room = room;
    this.#me = me;
    this.#rooms = rooms;
    this.#marks = marks;
    this.#log = log;
    this.#divider = new KeptDivider({ storage, user: me.id, room });
    this.#isInForeground = isInForeground;
    this.#changed = changed;
    this.#begin(this.#divider.seq);
    lifetime.onEnd(rooms.whenChanged(() => this.#compare()));
    lifetime.onEnd(marks.watch((marked) => (marked === null || marked === room) && this.#markedRead()));
  }

  /** What is unread. Read only. */
  get unread() {
    return this.#unread;
  }

  /** The room is shown. If it was left, the divider will be above what was not read in the meantime. */
  enter() {
    if (this.#isShown) return;
    this.#isShown = true;
    this.#begin(null);
    this.#unread.disconnected();
  }

  /** The room is no longer shown. Its divider goes. */
  leave() {
    this.#isShown = false;
    this.#unread.removeDivider();
    this.#divider.keep(null);
  }

  disconnected() {
    this.#unread.disconnected();
  }

  messagesMissed(messages) {
    this.#unread.messagesMissed(messages);
  }

  /** The user has seen everything up to a number. Without a page it is not visible yet where the unread messages begin. */
  seen(seq) {
    if (!this.#log.hasPage) return;
    this.#unread.seen(seq);
    this.#marks.moveTo(this.#room, this.recount());
  }

  /** The user sent a message, so everything was read. */
  sent() {
    this.#unread.read(this.#log.last);
    this.#unread.removeDivider();
  }

  /** The user says that everything from a message on is unread. */
  markUnreadFrom(seq) {
    this.#unread.markUnread(seq - 1);
    this.#marks.setTo(this.#room, this.recount());
  }

  /** Returns whether somebody else wrote a message with this number or a later one: it can be marked as unread. */
  canMarkUnreadFrom(seq) {
    const isOthers = ({ sender }) => sender?.id !== this.#me.id;
    return Boolean(this.#rooms.get(this.#room)?.role) && this.#log.messages.slice(this.#log.indexOf(seq)).some(isOthers);
  }

  /** Counts again after the log has changed, if a page of it is known. Returns how far the user has read. */
  recount() {
    // Who only looks into a room has nothing to read there.
    if (!this.#rooms.get(this.#room)?.role) this.#unread.read(this.#log.last);
    if (this.#log.hasPage) {
      this.#unread.recount(this.#log);
      this.#divider.keep(this.#unread.dividerAfter);
    }
    return this.#unread.position;
  }

  #begin(dividerAfter) {
    this.#serverSeq = this.#rooms.get(this.#room)?.read_seq ?? null;
    this.#unread = new Unread({ me: this.#me, readTo: this.#serverSeq ?? this.#log.last, dividerAfter });
    this.recount();
  }

  /** Another window of the user may have moved the place. What this one has not sent yet is newer. */
  #compare() {
    const seq = this.#rooms.get(this.#room)?.read_seq ?? null;
    if (!this.#isShown || seq === null || seq === this.#serverSeq || this.#marks.isPending(this.#room)) return;
    const wasVisitor = this.#serverSeq === null;
    this.#serverSeq = seq;
    if (wasVisitor || seq > this.#unread.readTo) this.#readElsewhere(seq);
    else if (seq < this.#unread.readTo) this.#unread.markUnread(seq);
    else return;
    this.recount();
    this.#changed();
  }

  /** Who reads here and now keeps the divider. */
  #readElsewhere(seq) {
    this.#unread.read(seq);
    if (seq >= this.#log.last && !this.#isInForeground()) this.#unread.removeDivider();
  }

  #markedRead() {
    this.#unread.read(this.#log.last);
    this.#unread.removeDivider();
    this.recount();
    this.#changed();
  }
}

/** Where the divider is in this tab, so that a reload does not remove it. */
class KeptDivider {
  #storage;
  #key;
  #seq;

  constructor({ storage, user, room }) {
    this.#storage = storage;
    this.#key = `natter.new.${user}.${room}`;
    const kept = readJson(storage, this.#key);
    this.#seq = Number.isSafeInteger(kept) ? kept : null;
  }

  /** The number after which the divider was, or null. */
  get seq() {
    return this.#seq;
  }

  keep(seq) {
    if (seq === this.#seq) return;
    this.#seq = seq;
    writeJson(this.#storage, this.#key, seq);
  }
}
