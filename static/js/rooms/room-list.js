/**
 * The rooms that the user is in, as the server describes them, with what arrives since: the one place that knows their
 * order, their names and what is unread in them. Does not access the page and requests nothing.
 */

import { RoomCounts } from '../log/room-counts.js';
import { isListed, LOBBY, titleOf } from './room-names.js';

/**
 * @typedef {object} ListedRoom a room of the server, with current counts
 * @property {string} id
 * @property {'public' | 'private' | 'direct'} kind
 * @property {string | null} name
 * @property {string} topic
 * @property {boolean} archived
 * @property {'owner' | 'member' | null} role null: the user is not in it
 * @property {number} last_seq
 * @property {number} read_seq
 * @property {number} unread
 * @property {number} mentions
 * @property {'all' | 'mentions' | 'none'} notify
 * @property {object[]} [people] of a direct message: everybody in it, with the user
 */

export class RoomList {
  #me;
  #rooms = new Map();
  #counts = new Map();
  #order = null;
  #listeners = new Set();
  #collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

  /** `me` is the id of the user; `rooms` are those that the page came with. */
  constructor({ me, rooms = [] }) {
    this.#me = me;
    for (const room of rooms) this.#put(room);
  }

  /** Calls `action` after each change. Returns a function that ends that. */
  whenChanged(action) {
    this.#listeners.add(action);
    return () => this.#listeners.delete(action);
  }

  /** Returns a room of the user, or undefined. @returns {ListedRoom | undefined} */
  get(id) {
    const room = this.#rooms.get(id);
    if (room === undefined) return undefined;
    const { unread, mentions, readSeq, lastSeq } = this.#counts.get(id);
    return { ...room, unread, mentions, read_seq: readSeq, last_seq: lastSeq };
  }

  /** All rooms of the user in the order of the list: the lobby, other rooms by name, then direct messages by name. */
  get all() {
    this.#order ??= [...this.#rooms.values()].sort((a, b) => this.#compare(a, b)).map(({ id }) => id);
    return this.#order.map((id) => this.get(id));
  }

  /** The direct message with one other person, or undefined. */
  directWith(username) {
    const isWith = ({ people }) => people?.length === 2 && people.some((person) => person.username === username);
    return [...this.#rooms.values()].find((room) => room.kind === 'direct' && isWith(room));
  }

  /** Takes the whole list from the server. Entries that arrived since it was made stay counted. */
  replace(rooms) {
    const ids = new Set(rooms.map(({ id }) => id));
    for (const id of [...this.#rooms.keys()]) if (!ids.has(id)) this.#remove(id);
    for (const room of rooms) this.#put(room);
    this.#changed();
  }

  /** Takes a room that the user came into or that changed, or `{id, gone: true}`. */
  update(room) {
    if (room.gone || room.role === null) this.#remove(room.id);
    else this.#put(room);
    this.#changed();
  }

  /** Takes live entries of any rooms. */
  receive(entries) {
    const areCounted = entries.map((entry) => this.#counts.get(entry.room)?.received([entry]) ?? false);
    if (areCounted.includes(true)) this.#changed();
  }

  /** Returns whether the log of a room is longer than what was counted. */
  isBehind({ room, last_seq: lastSeq }) {
    const counts = this.#counts.get(room);
    return counts !== undefined && lastSeq > counts.lastSeq;
  }

  /** Takes how far the user has read: here, in another window, or as the server counts it. */
  setRead(id, mark) {
    const counts = this.#counts.get(id);
    if (counts === undefined) return;
    counts.moved(mark);
    this.#changed();
  }

  /** Everything in all rooms was read. */
  setAllRead() {
    for (const counts of this.#counts.values()) counts.moved({ seq: counts.lastSeq, unread: 0, mentions: 0 });
    this.#changed();
  }

  /** The user chose what a room notifies of. */
  setNotify(id, notify) {
    const room = this.#rooms.get(id);
    if (room === undefined) return;
    this.#rooms.set(id, { ...room, notify });
    this.#changed();
  }

  #put(room) {
    if (!isListed(room)) return;
    this.#rooms.set(room.id, room);
    if (!this.#counts.has(room.id)) this.#counts.set(room.id, new RoomCounts({ me: this.#me }));
    this.#counts.get(room.id).reset(room);
    this.#order = null;
  }

  #remove(id) {
    this.#rooms.delete(id);
    this.#counts.delete(id);
    this.#order = null;
  }

  #compare(a, b) {
    const group = ({ id, kind }) => (id === LOBBY ? 0 : kind === 'direct' ? 2 : 1);
    const byName = () => this.#collator.compare(titleOf(a, this.#me), titleOf(b, this.#me));
    return group(a) - group(b) || byName() || (a.id < b.id ? -1 : 1);
  }

  #changed() {
    for (const action of [...this.#listeners]) action();
  }
}
