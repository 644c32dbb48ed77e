/**
 * The other people of a room: subscribes to the server's reports, and sends whether the user is away or typing. Accesses
 * the page by its two views only.
 */

import { IdleDetector, TypingNotifier } from './own-activity.js';
import { Presence } from './presence.js';
import { schedule as scheduleTimer } from '../schedule.js';

/** The delay before the list is requested again when it is inconsistent, or when there was no answer. */
const RETRY_DELAY_MS = 5_000;

export class PresenceController {
  #request;
  #room;
  #presence;
  #people;
  #typing;
  #names;
  #ownName;
  #idle;
  #notifier;
  #schedule;
  #isConnected = false;
  #isRetryPlanned = false;

  /**
   * `request(event, body)` resolves to the server's ack and rejects without one; `me` is the id of the reader; `people`
   * and `typing` are the views; `names` and `ownName` are updated with the people of the room.
   */
  constructor({ request, room, me, people, typing, names, ownName, document, schedule = scheduleTimer, signal }) {
    this.#request = request;
    this.#room = room;
    this.#people = people;
    this.#typing = typing;
    this.#names = names;
    this.#ownName = ownName;
    this.#schedule = schedule;
    this.#presence = new Presence({ me });
    this.#idle = new IdleDetector({ document, changed: () => this.#watch(), schedule, signal });
    this.#notifier = new TypingNotifier({ notify: () => request('typing', { room }).catch(() => {}) });
  }

  /** The people who are known, those here first. */
  get people() {
    return [...this.#presence.here, ...this.#presence.away];
  }

  connected() {
    this.#isConnected = true;
    return this.#watch();
  }

  /** The list remains as last known, but nobody is shown as typing. */
  disconnected() {
    this.#isConnected = false;
    this.#presence.lose();
    this.redraw();
    this.#typing.show([]);
  }

  /** Shows the list again, if there is one. */
  redraw() {
    if (this.#presence.count !== null) this.#people.show(this.#presence);
  }

  /** Takes the server's `presence` event. */
  changed(change) {
    if (!this.#presence.change(change)) return;
    this.#ownName.update(change.joined);
    this.#showPeople();
    if (this.#presence.isInconsistent) this.#planWatch(RETRY_DELAY_MS);
  }

  /** Takes the server's `typing` event. */
  typingChanged(change) {
    this.#presence.changeTyping(change);
    this.#typing.show(this.#presence.typing);
  }

  /** The senders of new messages are no longer typing. The server may report that seconds later. */
  messagesArrived(messages) {
    const ids = messages.map(({ sender }) => sender?.id);
    if (this.#presence.endTyping(ids)) this.#typing.show(this.#presence.typing);
  }

  /** The user changed the text in the composer. */
  edited(text) {
    if (this.#isConnected) this.#notifier.edited(text);
  }

  /** A message of the user was stored. */
  sent() {
    this.#notifier.sent();
  }

  async #watch() {
    if (!this.#isConnected) return;
    const request = this.#request('watch', { room: this.#room, away: this.#idle.isAway });
    const answer = await request.catch(() => ({ ok: false, retry_after_ms: 0 }));
    if (answer.ok) this.#showAll(answer);
    else if (answer.retry_after_ms !== undefined) this.#planWatch(Math.max(answer.retry_after_ms, RETRY_DELAY_MS));
  }

  #showAll(answer) {
    this.#presence.reset(answer);
    this.#ownName.update(answer.people);
    this.#showPeople();
    this.#typing.show(this.#presence.typing);
  }

  #showPeople() {
    this.#names.add([...this.#presence.here, ...this.#presence.away]);
    this.redraw();
  }

  #planWatch(ms) {
    if (this.#isRetryPlanned) return;
    this.#isRetryPlanned = true;
    this.#schedule(ms, () => {
      this.#isRetryPlanned = false;
      return this.#watch();
    });
  }
}
