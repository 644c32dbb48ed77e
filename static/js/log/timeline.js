/**
 * The room's log in this page: what is known of it and of one's own messages that it has not given out yet, kept whole
 * by what comes and what is read. Holds no rule of its own; what it looks like is the log view's.
 */

import { ListView } from './list-view.js';
import { RoomLog } from './log.js';
import { LogView } from './log-view.js';
import { Older } from './older.js';
import { OwnMessages } from './own.js';
import { Pane } from './pane.js';
import { ReadMark } from './read-mark.js';
import { openStorage } from '../storage.js';
import { Sync } from './sync.js';

export class Timeline {
  #me;
  #log;
  #own = new OwnMessages();
  #view;
  #sync;
  #older;
  #came;
  #readingStart = null;

  /**
   * `find(name)` returns a part of the room by its class, `template` is a message's, `request(event, body)` the server's ack; `names` knows whose name is
   * doubtful. `resend`, `edit` and `drop` are called with the id of a failed message of one's own. `came` gets messages
   * that became known, and whether they are news.
   */
  constructor({ find, template, boot, names, request, resend, edit, drop, came }) {
    const { me, room, covered_to: coveredTo, last_seq: lastSeq } = boot;
    this.#me = me;
    this.#came = came;
    const pane = new Pane(find('log'));
    const load = (before) => this.#sync.readBefore(before);
    const list = new ListView({
      list: find('messages'),
      template,
      me,
      pane,
      names,
      buttons: { resend, edit, discard: drop, load },
    });
    this.#log = new RoomLog({ room, coveredTo, lastSeq, messages: list.adopt() });
    this.#sync = new Sync({
      log: this.#log,
      room,
      request,
      heard: (messages) => {
        this.#view.hear(messages);
        this.#take(messages, { areNews: true });
      },
      missed: (messages) => {
        this.#view.miss(messages);
        this.#take(messages, { areNews: true });
      },
      read: (messages) => this.#take(messages, { areNews: false }),
    });
    const drawn = () => this.#older.readWhileNear();
    const mark = new ReadMark({ storage: openStorage('localStorage'), user: me.id, room });
    this.#view = new LogView({ find, me, pane, list, log: this.#log, own: this.#own, mark, drawn });
    this.#older = new Older({ line: find('backfill'), log: this.#log, sync: this.#sync, view: this.#view });
    pane.whenSentTo({ start: () => this.#view.toStart(this.#readStart()), end: () => this.#view.toEnd() });
  }

  /** Shows everything as it is by now. */
  redraw() {
    this.#view.changed();
  }

  /** Takes entries that came by themselves, or that the server answered. */
  hear(entries) {
    this.#sync.hear(entries);
    for (const { id, seq, sender } of entries) if (sender?.id === this.#me.id) this.#own.number(id, seq);
    this.#settle(entries.filter(({ seq }) => seq <= this.#log.last));
  }

  /** Takes the news of where the log ends. */
  hearEnd(tip) {
    this.#sync.hearEnd(tip);
  }

  /** There is no connection any more. */
  wasAway() {
    this.#view.wasAway();
  }

  /** Reads what came while there was no connection. Resolves when there, or when the server did not answer. */
  async catchUp() {
    await this.#sync.catchUp();
    this.#older.readWhileNear();
  }

  /** Shows how far a message of one's own has come; at the end if it is new, or is sent again. */
  showOwn(item) {
    if (!this.#own.has(item.id) && this.#log.find(this.#me.id, item.id) !== undefined) return;
    const meaning = this.#own.show(item);
    if (meaning === 'failed') this.#view.tellFailure(item);
    if (meaning === 'sent') this.#view.send();
    else this.#view.changed();
  }

  /** Takes away a message of one's own that was never stored. */
  discard(id) {
    this.#own.drop(id);
    this.#view.changed();
  }

  /** The ids of one's own messages that are known. */
  get ownIds() {
    return this.#log.messages.filter(({ sender }) => sender?.id === this.#me.id).map(({ id }) => id);
  }

  #take(messages, { areNews }) {
    this.#settle(messages);
    this.#view.changed();
    this.#came(messages, { areNews });
  }

  /** What the log holds is on its way no more. */
  #settle(entries) {
    for (const { id, sender } of entries) if (sender?.id === this.#me.id) this.#own.drop(id);
    this.#own.dropTo(this.#log.last);
  }

  /** Resolves to whether there was anything to read, and it came. Asks once, however often the key is pressed. */
  #readStart() {
    if (this.#log.startReached) return false;
    this.#readingStart ??= this.#sync.readAfter(0).finally(() => (this.#readingStart = null));
    return this.#readingStart;
  }
}
