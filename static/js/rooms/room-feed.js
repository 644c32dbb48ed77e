/**
 * Keeps the list of rooms as the server has it: takes what arrives for any room, requests the whole list after each
 * connection, and a room if entries of it are missing. Does not access the page.
 */

import { schedule as scheduleTimer } from '../schedule.js';

/** The server has entries of a room that did not arrive: the room is requested again after this time. */
const BEHIND_DELAY_MS = 1_000;

export class RoomFeed {
  #list;
  #ask;
  #presence;
  #changed;
  #lost;
  #replaced;
  #arrived;
  #schedule;
  /** The ids of the rooms that will be requested. */
  #behind = new Set();

  /**
   * `list` is the `RoomList`, `presence` the `DirectPresence`; `ask(event, body)` resolves to the server's ack. `changed(room)`
   * is called with a room that changed, `lost(id)` for one that the user is no longer in, `replaced(rooms)` after each
   * connection, and `arrived(entries)` with live entries of all rooms.
   */
  constructor({ list, ask, presence, changed, lost, replaced, arrived, schedule = scheduleTimer }) {
    this.#list = list;
    this.#ask = ask;
    this.#presence = presence;
    this.#changed = changed;
    this.#lost = lost;
    this.#replaced = replaced;
    this.#arrived = arrived;
    this.#schedule = schedule;
  }

  /** Returns the handlers for `Connection.follow`. */
  get handlers() {
    return {
      stateChanged: (state) => this.#stateChanged(state),
      entries: (entries) => this.#receive(entries),
      tip: (tip) => this.#receiveTip(tip),
      presence: (change) => this.#presence.presence(change),
      room: (room) => (room.gone ? this.#lost(room.id) : this.#changed(room)),
      read: ({ room, ...mark }) => this.#list.setRead(room, mark),
    };
  }

  /** Requests a room again. */
  async refresh(id) {
    const answer = await this.#ask('room', { room: id });
    if (answer.ok) this.#changed(answer.room);
    else if (answer.code === 'unknown_room') this.#lost(id);
  }

  #receive(entries) {
    this.#list.receive(entries);
    this.#arrived(entries);
  }

  async #stateChanged(state) {
    if (state !== 'connected') {
      this.#presence.disconnected();
      return;
    }
    const answer = await this.#ask('rooms', {});
    if (answer.ok) this.#replace(answer.rooms);
  }

  #replace(rooms) {
    const before = this.#list.all.map(({ id }) => id);
    this.#list.replace(rooms);
    for (const id of before) if (this.#list.get(id) === undefined) this.#lost(id);
    this.#replaced(rooms);
  }

  #receiveTip(tip) {
    if (!this.#list.isBehind(tip) || this.#behind.has(tip.room)) return;
    this.#behind.add(tip.room);
    this.#schedule(BEHIND_DELAY_MS, () => {
      this.#behind.delete(tip.room);
      if (this.#list.isBehind(tip)) this.refresh(tip.room);
    });
  }
}
