/**
 * The visible log: which part of it is in the page, where the reader is in it, what is unread, and what is announced.
 * Renders at most once per animation frame, and reads the layout before it changes the page. Requests no messages.
 */

import { LiveRegion, MessageAnnouncer } from './announcer.js';
import { JumpToLatest, JumpToUnread } from './jump-buttons.js';
import { isInForeground, whenInForeground } from '../page-visibility.js';
import { MAX_RENDERED, RenderWindow } from './render-window.js';
import { rowsOf } from './rows.js';
import { Cancellable, everyMidnight, FrameTask } from '../schedule.js';

/** User input that cancels a pending jump. */
const CANCELLING_EVENTS = ['keydown', 'pointerdown', 'touchmove', 'wheel'];

export class LogView {
  #me;
  #pane;
  #list;
  #log;
  #pending;
  #rendered;
  #reading;
  #window;
  #announcer;
  #toLatest;
  #toUnread;
  #frame;
  #isStale = true;
  /** Where the next frame scrolls: `start`, `unread`, `end`, or null. */
  #target = 'end';
  #jump = new Cancellable();

  /**
   * `region` is the live region, `toLatest` and `toUnread` are the buttons to jump to the latest message and to the first
   * unread one. `list` has adopted the messages that `log` begins with; `pending` are the user's messages that are not in
   * it; `reading` knows how far the user has read; `readUnread()` reads the first unread messages, if they are not known,
   * and resolves to whether it did; `rendered` is called after each frame.
   */
  constructor({ region, toLatest, toUnread, me, pane, list, log, pending, reading, readUnread, rendered, lifetime }) {
    const { schedule, signal } = lifetime;
    const line = new LiveRegion(region, { schedule });
    this.#me = me;
    this.#pane = pane;
    this.#list = list;
    this.#log = log;
    this.#pending = pending;
    this.#rendered = rendered;
    this.#window = new RenderWindow(log);
    this.#reading = reading;
    this.#announcer = new MessageAnnouncer({ me, pane, say: (sentence) => line.say(sentence), schedule });
    this.#toLatest = new JumpToLatest(toLatest, { pressed: () => this.#jumpToLatest(), signal });
    this.#toUnread = new JumpToUnread(toUnread, { pressed: () => this.#jumpToUnread(readUnread), signal });
    this.#frame = new FrameTask(() => this.#render(), lifetime);
    this.#listen(lifetime);
    // Nothing is new yet: neither the messages of the page nor the days, names and unsent messages of the first frame.
    pane.silence();
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

  /** Takes messages that arrived live. Who sees the end has read them at once: the list of rooms must not count them. */
  messagesArrived(messages) {
    this.#announcer.messagesArrived(messages);
    if (this.#followsEnd && isInForeground(window)) this.#reading.seen(this.#log.last);
    this.changed();
  }

  /** Takes messages that were sent during an absence. */
  messagesMissed(messages) {
    const areMore = this.#log.gapBefore(this.#log.indexOf(messages[0].seq)) !== null;
    this.#announcer.messagesMissed(messages, { areMore });
    this.#reading.messagesMissed(messages);
    this.changed();
  }

  /** Shows a message that the user sends. The user has read everything. */
  messageSent() {
    this.#reading.sent();
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
    everyMidnight(lifetime, () => this.changed());
  }

  #toStart() {
    this.#target = 'start';
    this.changed();
  }

  #jumpToUnread(readUnread) {
    const jump = () => {
      this.#target = 'unread';
      this.changed();
    };
    jump();
    this.#jump.run(readUnread(), jump);
    this.#pane.focus();
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
    const isAtEnd = this.#followsEnd;
    const hasMoved = this.#moveWindow(isAtEnd, visible);
    this.#noteRead(isAtEnd, visible);
    if (this.#isStale || hasMoved) this.#renderList(isAtEnd || this.#target !== null ? null : (rows?.middle ?? null));
    if (this.#target === 'end') this.#pane.toEnd();
    if (this.#target === 'start') this.#pane.toStart();
    if (this.#target === 'unread') this.#list.showDivider();
    this.#target = null;
    this.#isStale = false;
    this.#hold();
    this.#renderButtons();
    if (selected === null) this.#log.forget(isAtEnd || visible === null ? this.#log.messages.length : visible.middle);
    this.#rendered();
  }

  /** Whether the next frame shows the end. */
  get #followsEnd() {
    return this.#target === 'end' || (this.#target === null && this.#window.isAtEnd && this.#pane.isAtEnd);
  }

  #hold() {
    const isAtEnd = this.#window.isAtEnd && this.#pane.isAtEnd;
    this.#list.hold(isAtEnd ? null : (this.#list.visible?.middle ?? null));
  }

  #moveWindow(isAtEnd, visible) {
    const before = this.#window.bounds;
    if (isAtEnd) this.#window.toEnd();
    else if (this.#target === 'start') this.#window.toStart();
    else if (this.#target === 'unread') this.#window.toIndex(this.#firstUnread);
    else if (visible !== null) this.#window.follow(visible);
    const after = this.#window.bounds;
    return before.from !== after.from || before.to !== after.to;
  }

  /** In the foreground the visible messages count as read; at the end, all messages do. */
  #noteRead(isAtEnd, visible) {
    const { messages, last } = this.#log;
    const isSeen = isInForeground(window) && messages.length > 0;
    if (isSeen && isAtEnd) this.#reading.seen(last);
    else if (isSeen && visible !== null) this.#reading.seen(messages[visible.last].seq);
    else this.#reading.recount();
  }

  #renderList(anchor) {
    const items = this.#window.isAtEnd ? this.#pending.items.slice(-MAX_RENDERED) : [];
    const { dividerAfter: unreadAfter } = this.#reading.unread;
    const rows = rowsOf({ log: this.#log, ...this.#window.bounds, items, me: this.#me, unreadAfter });
    const arriving = this.#announcer.announce(this.#list.missing(rows));
    this.#list.render(rows, { anchor, arriving });
  }

  #renderButtons() {
    const { count, areMore, dividerAfter } = this.#reading.unread;
    const isFar = !this.#window.isAtEnd || this.#pane.isFarFromEnd;
    const isAtEnd = this.#window.isAtEnd && this.#pane.isAtEnd;
    this.#toLatest.show({ count: isAtEnd ? 0 : count, areMore, isFar });
    const { visible } = this;
    const isAbove = dividerAfter !== null && visible !== null && visible.first > this.#firstUnread;
    this.#toUnread.show({ dividerAfter, isAbove });
  }

  /** The index of the first message below the divider. */
  get #firstUnread() {
    return this.#log.indexOf(this.#reading.unread.dividerAfter + 1);
  }

  #indexesOf(rows) {
    if (rows === null) return null;
    const { messages } = this.#log;
    const index = ({ entry }) => Math.min(this.#log.indexOf(entry.seq), messages.length - 1);
    return { first: index(rows.first), middle: index(rows.middle), last: index(rows.last) };
  }
}
