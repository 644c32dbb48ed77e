/**
 * The others in the room: asks the server to tell of them, and tells it whether one is before the page and typing.
 * Knows the page by its two views only.
 */

import { after } from '../after.js';
import { Attention } from './attention.js';
import { Presence } from './presence.js';
import { TypingNotice } from './typing-notice.js';

/** A list that does not agree with its number, or an answer that did not come, is asked for again after this. */
const ASK_AGAIN_MS = 5_000;

export class Company {
  #request;
  #room;
  #presence;
  #people;
  #typing;
  #names;
  #ownName;
  #attention;
  #notice;
  #schedule;
  #isConnected = false;
  #isAskingSoon = false;

  /**
   * `request(event, body)` resolves to the server's ack and rejects if none came; `me` is one's own id; `names` and
   * `ownName` are told who is there.
   */
  constructor({ request, room, me, people, typing, names, ownName, document, schedule = after }) {
    this.#request = request;
    this.#room = room;
    this.#people = people;
    this.#typing = typing;
    this.#names = names;
    this.#ownName = ownName;
    this.#schedule = schedule;
    this.#presence = new Presence({ room, me });
    this.#attention = new Attention({ document, changed: () => this.#watch() });
    this.#notice = new TypingNotice({ say: () => request('typing', { room }).catch(() => {}) });
  }

  /** The connection is there. */
  connected() {
    this.#isConnected = true;
    return this.#watch();
  }

  /** The connection is gone. The people stay as they were last seen, but nobody can be said to type. */
  disconnected() {
    this.#isConnected = false;
    this.#presence.lose();
    this.redraw();
    this.#typing.show([]);
  }

  /** Shows the people as they are by now, if they were ever told. */
  redraw() {
    if (this.#presence.count !== null) this.#people.show(this.#presence);
  }

  /** Takes the server's `presence`. */
  hear(change) {
    if (!this.#presence.change(change)) return;
    this.#ownName.note(change.joined);
    this.#showPeople();
    if (this.#presence.disagrees) this.#watchSoon(ASK_AGAIN_MS);
  }

  /** Takes the server's `typing`. */
  hearTyping(change) {
    if (this.#presence.changeTyping(change)) this.#typing.show(this.#presence.typing);
  }

  /** Messages came. The server tells a moment later that their senders type no more; from another node, seconds. */
  heardFrom(messages) {
    const ids = messages.map(({ sender }) => sender?.id);
    if (this.#presence.endTyping(ids)) this.#typing.show(this.#presence.typing);
  }

  /** The text in one's own field was changed. */
  edited(text) {
    if (this.#isConnected) this.#notice.edited(text);
  }

  /** The text was sent. */
  sent() {
    this.#notice.sent();
  }

  async #watch() {
    if (!this.#isConnected) return;
    const ask = this.#request('watch', { room: this.#room, away: this.#attention.isAway });
    const answer = await ask.catch(() => ({ ok: false, retry_after_ms: 0 }));
    if (answer.ok) this.#showAll(answer);
    else if (answer.retry_after_ms !== undefined) this.#watchSoon(Math.max(answer.retry_after_ms, ASK_AGAIN_MS));
  }

  #showAll(answer) {
    this.#presence.reset(answer);
    this.#ownName.note(answer.people);
    this.#showPeople();
    this.#typing.show(this.#presence.typing);
  }

  #showPeople() {
    this.#names.note([...this.#presence.here, ...this.#presence.away]);
    this.redraw();
  }

  #watchSoon(ms) {
    if (this.#isAskingSoon) return;
    this.#isAskingSoon = true;
    this.#schedule(ms, () => {
      this.#isAskingSoon = false;
      return this.#watch();
    });
  }
}
