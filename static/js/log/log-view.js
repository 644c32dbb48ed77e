/**
 * The visible log: which part of it is in the page, where the reader is in it, what is unread, and what is announced.
 * Renders at most once per animation frame, and reads the layout before it changes the page. Requests no messages.
 */

import { LiveRegion, MessageAnnouncer } from './announcer.js';
import { JumpToLatest } from './jump-to-latest.js';
import { isInForeground, whenInForeground } from '../page-visibility.js';
import { MAX_RENDERED, RenderWindow } from './render-window.js';
import { rowsOf } from './rows.js';
import { Cancellable, everyMidnight, FrameTask } from '../schedule.js';
import { Unread } from './unread.js';

/** User input that cancels a pending jump. */
const CANCELLING_EVENTS = ['keydown', 'pointerdown', 'touchmove', 'wheel'];

export class LogView {
  #me;
  #pane;
  #list;
  #log;
  #pending;
  #rendered;
  #mark;
  #window;
  #unread;
  #announcer;
  #button;
  #frame;
  #isStale = true;
  /** Where the next frame scrolls: `start`, `end`, or null. */
  #target = 'end';
  #jump = new Cancellable();

  /**
   * `region` and `button` are elements: the live region and the one to jump to the latest message. `list` has adopted the
   * messages that `log` begins with; `pending` are the user's messages that are not in it; `mark` keeps how far the user
   * has read; `rendered` is called after each frame.
   */
  constructor({ region, button, me, pane, list, log, pending, mark, rendered, lifetime }) {
    const { schedule, signal } = lifetime;
    const line = new LiveRegion(region, { schedule });
    this.#me = me;
    this.#pane = pane;
    this.#list = list;
    this.#log = log;
    this.#pending = pending;
    this.#rendered = rendered;
    this.#window = new RenderWindow(log);
    this.#mark = mark;
    this.#unread = new Unread({ me, readTo: Math.min(mark.seq ?? log.last, log.last) });
    this.#announcer = new MessageAnnouncer({ me, pane, say: (sentence) => line.say(sentence), schedule });
    this.#button = new JumpToLatest(button, { pressed: () => this.#jumpToLatest(), signal });
    this.#frame = new FrameTask(() => this.#render(), lifetime);
    this.#listen(lifetime);
    // Nothing is new yet: neither the messages of the page nor the days, names and unsent messages of the first frame.
    pane.silence();
    // This comes before anything is read, so that the divider is where the user had read to.
    this.#unread.recount(log);
    mark.move(this.#unread.readTo);
    this.changed();
  }

  /** Whether the first known message is in the page. */
  get showsStart() {
    return this.#window.isAtStart;
  }

  /** The indexes of the first, the middle and the last visible message, or null. */
  get visible() {
    return this.#indexesOf(this.#list.visible);
  }

  /** Renders in the next frame. */
  changed() {
    this.#isStale = true;
    this.#frame.request();
  }

  /** Takes messages that arrived live. */
  messagesArrived(messages) {
    this.#announcer.messagesArrived(messages);
    this.changed();
  }

  /** Takes messages that were sent during an absence. */
  messagesMissed(messages) {
    const areMore = this.#log.gapBefore(this.#log.indexOf(messages[0].seq)) !== null;
    this.#announcer.messagesMissed(messages, { areMore });
    this.#unread.messagesMissed(messages);
    this.changed();
  }

  /** The connection was lost. */
  disconnected() {
    this.#unread.disconnected();
  }

  /** Shows a message that the user sends. The user has read everything. */
  messageSent() {
    this.#unread.removeDivider();
    this.toEnd();
  }

  /** Announces that a message of the user failed. */
  messageFailed(item) {
    this.#announcer.messageFailed(item);
  }

  toEnd() {
    this.#jump.cancel();
    this.#target = 'end';
    this.changed();
  }

  /** Scrolls to the first known message, and to the first of all when `ready` resolves to true, unless cancelled. */
  toStart(ready) {
    this.#toStart();
    this.#jump.run(ready, () => this.#toStart());
  }

  #listen(lifetime) {
    const { signal } = lifetime;
    this.#pane.whenScrolled(() => this.#frame.request());
    this.#list.whenRestored(({ entry }) => this.#restore(entry?.seq));
    addEventListener('resize', () => this.#resized(), { signal });
    for (const event of CANCELLING_EVENTS) {
      document.addEventListener(event, () => this.#jump.cancel(), { capture: true, passive: true, signal });
    }
    whenInForeground(window, () => this.changed(), signal);
    this.#mark.whenMoved(window, (seq) => this.#readElsewhere(seq), signal);
    everyMidnight(lifetime, () => this.changed());
  }

  #toStart() {
    this.#target = 'start';
    this.changed();
  }

  #jumpToLatest() {
    this.toEnd();
    this.#pane.focus();
  }

  #resized() {
    this.#pane.restoreHeld();
    this.#frame.request();
  }

  /** A message must be in the page at once, and the visible ones must stay where they are. */
  #restore(seq) {
    if (seq !== undefined) this.#render({ first: seq, last: seq });
  }

  #render(selected = this.#list.selected) {
    const rows = this.#list.visible;
    this.#window.hold(selected);
    const visible = this.#indexesOf(rows);
    const isAtEnd = this.#target === 'end' || (this.#target === null && this.#window.isAtEnd && this.#pane.isAtEnd);
    const hasMoved = this.#moveWindow(isAtEnd, visible);
    this.#noteRead(isAtEnd, visible);
    if (this.#isStale || hasMoved) this.#renderList(isAtEnd || this.#target !== null ? null : (rows?.middle ?? null));
    if (this.#target === 'end') this.#pane.toEnd();
    if (this.#target === 'start') this.#pane.toStart();
    this.#target = null;
    this.#isStale = false;
    this.#hold();
    this.#renderButton();
    if (selected === null) this.#log.forget(isAtEnd || visible === null ? this.#log.messages.length : visible.middle);
    this.#rendered();
  }

  #hold() {
    const isAtEnd = this.#window.isAtEnd && this.#pane.isAtEnd;
    this.#list.hold(isAtEnd ? null : (this.#list.visible?.middle ?? null));
  }

  #moveWindow(isAtEnd, visible) {
    const before = this.#window.bounds;
    if (isAtEnd) this.#window.toEnd();
    else if (this.#target === 'start') this.#window.toStart();
    else if (visible !== null) this.#window.follow(visible);
    const after = this.#window.bounds;
    return before.from !== after.from || before.to !== after.to;
  }

  /** In the foreground the visible messages count as read; at the end, all messages do. */
  #noteRead(isAtEnd, visible) {
    if (isInForeground(window)) {
      if (isAtEnd) this.#unread.read(this.#log.last);
      else if (visible !== null) this.#unread.read(this.#log.messages[visible.last].seq);
      this.#mark.move(this.#unread.readTo);
    }
    this.#unread.recount(this.#log);
  }

  #readElsewhere(seq) {
    this.#unread.read(seq);
    this.changed();
  }

  #renderList(anchor) {
    const items = this.#window.isAtEnd ? this.#pending.items.slice(-MAX_RENDERED) : [];
    const { dividerAfter: unreadAfter } = this.#unread;
    const rows = rowsOf({ log: this.#log, ...this.#window.bounds, items, me: this.#me, unreadAfter });
    const arriving = this.#announcer.announce(this.#list.missing(rows));
    this.#list.render(rows, { anchor, arriving });
  }

  #renderButton() {
    const isFar = !this.#window.isAtEnd || this.#pane.isFarFromEnd;
    const isAtEnd = this.#window.isAtEnd && this.#pane.isAtEnd;
    this.#button.show({ count: isAtEnd ? 0 : this.#unread.count, areMore: this.#unread.areMore, isFar });
  }

  #indexesOf(rows) {
    if (rows === null) return null;
    const { messages } = this.#log;
    const index = ({ entry }) => Math.min(this.#log.indexOf(entry.seq), messages.length - 1);
    return { first: index(rows.first), middle: index(rows.middle), last: index(rows.last) };
  }
}
