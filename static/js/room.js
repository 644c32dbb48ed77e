/**
 * One room in the page: connects its log, its people and its composer with the server and with the outbox. A page may
 * contain several, and one of them is shown: the others receive nothing, and read what they missed when they are shown
 * again. Finds its parts inside its elements only, and removes its listeners and timers when it is closed.
 */

import { Composer } from './compose/composer.js';
import { Draft } from './compose/draft.js';
import { MAX_OFFERED } from './compose/mention-query.js';
import { Timeline } from './log/timeline.js';
import { PeopleView, TypingView } from './people/people-view.js';
import { PresenceController } from './people/presence-controller.js';
import { Lifetime } from './schedule.js';
import * as texts from './texts.js';

export class Room {
  #element;
  #id;
  #connection;
  #me;
  #outbox;
  #ownName;
  #caughtUp;
  #hidden;
  #lifetime = new Lifetime();
  #timeline;
  #presence;
  #draft;
  #form;
  #composer = null;
  #leave = null;

  /**
   * `element` has the room's id in `data-room`, and contains its header, log and composer, as in `room.html`.
   *
   * Shared by the rooms of a page: `me`, `names` (`AmbiguousNames`), `ownName`, `rooms` (`RoomList`), `marks`
   * (`ReadMarks`), `outbox`, `outboxes` (`TabOutboxes`), `storage`, the `templates` of a message and a person, and
   * `openPerson(person)`. Of this room: `panel`, the element with its people, and `page`, the `{coveredTo, lastSeq}` of the
   * messages in the element; without messages they are read when the room is shown. `arrived(messages)` gets new messages,
   * `caughtUp()` is called each time the log was read after connecting, and `hidden()` when the room is hidden.
   */
  constructor(element, connection, { panel, page, arrived = () => {}, caughtUp = () => {}, hidden = () => {}, ...shared }) {
    const { me, names, ownName, rooms, marks, outbox, outboxes, storage, templates, openPerson } = shared;
    this.#element = element;
    this.#id = element.dataset.room;
    this.#connection = connection;
    this.#me = me;
    this.#outbox = outbox;
    this.#ownName = ownName;
    this.#caughtUp = caughtUp;
    this.#hidden = hidden;
    const common = { room: this.#id, request: (event, body) => this.#request(event, body), names };
    this.#timeline = new Timeline({
      ...common,
      element,
      template: templates.message,
      page,
      me,
      rooms,
      marks,
      mention: (person) => this.#composer.mention(person),
      openPerson,
      resend: (id) => this.#resend(id),
      edit: (id) => this.#edit(id),
      discard: (id) => this.#discard(id),
      arrived: (messages, { areNew }) => this.#arrived(messages, areNew ? arrived : null),
      lifetime: this.#lifetime,
    });
    this.#presence = new PresenceController({
      ...common,
      me: me.id,
      people: new PeopleView({ panel, header: element, template: templates.person, me: me.id, names }),
      typing: new TypingView(element.querySelector('.typing')),
      ownName,
      document,
      schedule: this.#lifetime.schedule,
      signal: this.#lifetime.signal,
    });
    this.#draft = new Draft({ storage, user: me.id, room: this.#id, outboxes });
    this.#lifetime.onEnd(names.whenChanged(() => this.redraw()));
    this.#followOutbox();
    this.#form = element.querySelector('.composer');
  }

  /** Loads the draft, activates the composer and shows the room. */
  async open() {
    await this.#draft.adopt();
    if (this.#lifetime.signal.aborted) return;
    this.#compose();
    if (!this.#lifetime.isPaused) this.show();
  }

  /** Joins the room on the connection, and reads what was missed. */
  show() {
    this.#lifetime.resume();
    if (this.#composer === null || this.#leave !== null) return;
    this.#timeline.enter();
    this.#leave = this.#connection.join(this.#id, {
      stateChanged: (state) => this.#stateChanged(state),
      entries: (entries) => this.#timeline.receive(entries),
      tip: (tip) => this.#timeline.receiveTip(tip),
      presence: (change) => this.#presence.changed(change),
      typing: (change) => this.#presence.typingChanged(change),
    });
  }

  /** Leaves the room on the connection. Until it is shown again nothing is drawn, and nothing counts as read. */
  hide() {
    this.#lifetime.pause();
    if (this.#leave === null) return;
    this.#leave();
    this.#leave = null;
    this.#timeline.leave();
    this.#presence.disconnected();
    this.#hidden();
  }

  #compose() {
    this.#composer = new Composer(this.#form, {
      text: this.#draft.load(),
      send: (text) => this.#outbox.add(text, this.#id),
      people: { me: this.#me, people: () => this.#presence.people, find: (text) => this.#findMembers(text) },
      changed: (raw) => {
        this.#draft.store(raw);
        this.#presence.edited(raw);
      },
      signal: this.#lifetime.signal,
    });
    this.#lifetime.onEnd(() => this.#leave?.());
  }

  /** Ends everything that the room does. Its elements stay as they are. */
  close() {
    this.#lifetime.end();
  }

  /** Moves the focus to the composer. */
  focus() {
    this.#composer?.focus();
  }

  /** Shows names and times again. */
  redraw() {
    this.#timeline.redraw();
    this.#presence.redraw();
  }

  async #stateChanged(state) {
    if (state !== 'connected') {
      this.#presence.disconnected();
      if (state === 'lost') this.#timeline.disconnected();
      return;
    }
    this.#presence.connected();
    await this.#timeline.catchUp();
    if (this.#connection.state !== 'connected' || this.#lifetime.signal.aborted) return;
    this.#element.removeAttribute('data-loading');
    this.#caughtUp();
  }

  /** A closed room must not send requests, for example in a loop that began before. */
  async #request(event, body) {
    if (this.#lifetime.signal.aborted) throw Object.assign(new Error('the room is closed'), { isUnsent: true });
    return this.#connection.request(event, body);
  }

  async #findMembers(find) {
    const answer = await this.#request('members', { room: this.#id, find, limit: MAX_OFFERED });
    return answer.ok ? answer.members : [];
  }

  #followOutbox() {
    for (const id of this.#timeline.ownIds) this.#outbox.confirmStored(id);
    const own = (item) => item.room === this.#id;
    this.#outbox.items.filter(own).forEach((item) => this.#timeline.showItem(item));
    this.#lifetime.onEnd(this.#outbox.watch((item) => own(item) && this.#itemChanged(item)));
  }

  #itemChanged(item) {
    this.#timeline.showItem(item);
    if (item.entry === undefined) return;
    this.#ownName.update([item.entry.sender]);
    this.#presence.sent();
  }

  #arrived(messages, notify) {
    const ownIds = messages.filter(({ sender }) => sender?.id === this.#me.id).map(({ id }) => id);
    ownIds.forEach((id) => this.#outbox.confirmStored(id));
    if (notify === null) return;
    notify(messages);
    this.#presence.messagesArrived(messages);
  }

  /** The button that was pressed disappears, so the focus moves; also in the next two methods. */
  #resend(id) {
    this.#outbox.resend(id);
    this.focus();
  }

  #edit(id) {
    const item = this.#outbox.discard(id);
    if (item !== null) this.#composer.insert(item.text, texts.state.failed(texts.problem(item.refusal)));
  }

  #discard(id) {
    this.#outbox.discard(id);
    this.focus();
  }
}
