/**
 * Which people of the user's direct messages are here: watches some of these rooms on the connection. Does not access the
 * page.
 */

/** The maximum number of direct messages that are watched. The server allows more rooms, also for those that are shown. */
const MAX_WATCHED = 40;

export class DirectPresence {
  #me;
  #request;
  #changed;
  /** By room: who of the others is here. */
  #here = new Map();

  /** `me` is the id of the user; `request(event, body)` resolves to the server's ack; `changed()` is called after changes. */
  constructor({ me, request, changed }) {
    this.#me = me;
    this.#request = request;
    this.#changed = changed;
  }

  /** Returns whether a person is here, as far as it is known. */
  isHere(id) {
    return [...this.#here.values()].some((people) => people.has(id));
  }

  /** A room is no longer shown: ends the watch of the room itself, unless this needs it. */
  hidden(room) {
    if (!this.#here.has(room)) this.#request('unwatch', { room }).catch(() => {});
  }

  /** Watches the direct messages among these rooms, those with the newest messages first. */
  follow(rooms) {
    const direct = rooms.filter(({ kind, people }) => kind === 'direct' && people?.length === 2);
    const unread = direct.filter((room) => room.unread > 0);
    const wanted = new Set([...unread, ...direct].slice(0, MAX_WATCHED).map(({ id }) => id));
    for (const room of this.#here.keys()) if (!rooms.some(({ id }) => id === room)) this.#here.delete(room);
    for (const room of wanted) if (!this.#here.has(room) && this.#here.size < MAX_WATCHED) this.#watch(room);
  }

  /** Takes the server's `presence` event. */
  presence({ room, joined, left }) {
    const people = this.#here.get(room);
    if (people === undefined) return;
    for (const { id } of left) people.delete(id);
    this.#put(people, joined);
    this.#changed();
  }

  /** The connection is lost: nothing is known. */
  disconnected() {
    this.#here.clear();
    this.#changed();
  }

  async #watch(room) {
    const people = new Set();
    this.#here.set(room, people);
    const answer = await this.#request('watch', { room }).catch(() => ({ ok: false }));
    if (this.#here.get(room) !== people) return;
    if (!answer.ok) {
      this.#here.delete(room);
      return;
    }
    this.#put(people, answer.people);
    this.#changed();
  }

  #put(people, list) {
    for (const { id } of list) if (id !== this.#me) people.add(id);
  }
}
