/**
 * What one sees of the log: the part that stands in the page, where the reader is in it, what is unread, and what is
 * read out. Draws at most once a picture, and reads the page before it changes it. Asks nobody for messages.
 */

import { Frame } from './frame.js';
import { isLookedAt, whenLookedAt } from '../looking.js';
import { eachMidnight } from './midnight.js';
import { News } from './news.js';
import { rowsOf } from './rows.js';
import { SpokenLine } from './spoken-line.js';
import { ToEnd } from './to-end.js';
import { Unread } from './unread.js';
import { MOST_SHOWN, Window } from './window.js';
import { Wish } from './wish.js';

/** By these somebody shows that he goes elsewhere than where he wished to be taken. */
const MOVES = ['keydown', 'pointerdown', 'touchmove', 'wheel'];

export class LogView {
  #me;
  #pane;
  #list;
  #log;
  #own;
  #drawn;
  #mark;
  #window;
  #unread;
  #news;
  #toEnd;
  #frame = new Frame(() => this.#draw());
  #isStale = true;
  /** Where the reader is taken with the next picture: `start`, `end`, or null. */
  #way = 'end';
  #wish = new Wish();

  /**
   * `list` has adopted the messages that `log` begins with; `own` are those of one's own that are not in it; `mark` keeps
   * how far somebody has read; `drawn` is called after each picture.
   */
  constructor({ find, me, pane, list, log, own, mark, drawn }) {
    const line = new SpokenLine(find('live-region'));
    this.#me = me;
    this.#pane = pane;
    this.#list = list;
    this.#log = log;
    this.#own = own;
    this.#drawn = drawn;
    this.#window = new Window(log);
    this.#mark = mark;
    this.#unread = new Unread({ me, readTo: Math.min(mark.seq ?? log.last, log.last) });
    this.#news = new News({ me, pane, say: (sentence) => line.say(sentence) });
    this.#toEnd = new ToEnd(find('jump-to-latest'), { pressed: () => this.#leadToEnd() });
    pane.whenScrolled(() => this.#frame.ask());
    list.whenBrought(({ entry }) => this.#bring(entry?.seq));
    addEventListener('resize', () => this.#resize());
    for (const move of MOVES) {
      document.addEventListener(move, () => this.#wish.giveUp(), { capture: true, passive: true });
    }
    whenLookedAt(window, () => this.changed());
    mark.whenMoved(window, (seq) => this.#readElsewhere(seq));
    eachMidnight(() => this.changed());
    // What the page begins with is no news, nor is what it lacks yet: the days, the faces, what is not sent.
    pane.silence();
    // Before anything is seen: the line stands where somebody had read to.
    this.#unread.recount(log);
    mark.move(this.#unread.readTo);
    this.changed();
  }

  /** Whether the first known message stands in the page. */
  get showsStart() {
    return this.#window.isAtStart;
  }

  /** The indexes of the first, the middle and the last message that are seen, or null if there is none. */
  get seen() {
    return this.#indexesOf(this.#list.seen);
  }

  /** Something is to be shown that was not, or otherwise. */
  changed() {
    this.#isStale = true;
    this.#frame.ask();
  }

  /** Messages came by themselves. */
  hear(messages) {
    this.#news.hear(messages);
    this.changed();
  }

  /** There was no connection. */
  wasAway() {
    this.#unread.wasAway();
  }

  /** Messages came late. */
  miss(messages) {
    this.#news.miss(messages, { areMore: this.#log.gapBefore(this.#log.indexOf(messages[0].seq)) !== null });
    this.#unread.miss(messages);
    this.changed();
  }

  /** A message of one's own goes out: its sender wants to see it, and has seen what was new. */
  send() {
    this.#unread.clearLine();
    this.toEnd();
  }

  /** Reads out that a message of one's own failed. */
  tellFailure(item) {
    this.#news.tellFailure(item);
  }

  toEnd() {
    this.#wish.giveUp();
    this.#way = 'end';
    this.changed();
  }

  /**
   * To the first known message; to the first of all once `ready` resolves to true, unless the reader went elsewhere
   * meanwhile.
   */
  toStart(ready) {
    this.#leadToStart();
    this.#wish.make(ready, () => this.#leadToStart());
  }

  #leadToStart() {
    this.#way = 'start';
    this.changed();
  }

  #leadToEnd() {
    this.toEnd();
    this.#pane.focus();
  }

  #resize() {
    this.#pane.putBack();
    this.#frame.ask();
  }

  /** A message has to stand in the page at once, and what is seen has to stay where it is. */
  #bring(seq) {
    if (seq !== undefined) this.#draw({ first: seq, last: seq });
  }

  #draw(selected = this.#list.selected) {
    const rows = this.#list.seen;
    this.#window.hold(selected);
    const seen = this.#indexesOf(rows);
    const isAtEnd = this.#way === 'end' || (this.#way === null && this.#window.isAtEnd && this.#pane.isAtEnd);
    const hasMoved = this.#moveWindow(isAtEnd, seen);
    this.#noteRead(isAtEnd, seen);
    if (this.#isStale || hasMoved) this.#render(isAtEnd || this.#way !== null ? null : (rows?.middle ?? null));
    if (this.#way === 'end') this.#pane.toEnd();
    if (this.#way === 'start') this.#pane.toStart();
    this.#way = null;
    this.#isStale = false;
    this.#hold();
    this.#showButton();
    if (selected === null) this.#log.forget(isAtEnd || seen === null ? this.#log.messages.length : seen.middle);
    this.#drawn();
  }

  #hold() {
    const isAtEnd = this.#window.isAtEnd && this.#pane.isAtEnd;
    this.#list.hold(isAtEnd ? null : (this.#list.seen?.middle ?? null));
  }

  #moveWindow(isAtEnd, seen) {
    const before = this.#window.bounds;
    if (isAtEnd) this.#window.toEnd();
    else if (this.#way === 'start') this.#window.toStart();
    else if (seen !== null) this.#window.follow(seen);
    const after = this.#window.bounds;
    return before.from !== after.from || before.to !== after.to;
  }

  /** Whoever looks at a page at its end has read everything. */
  #noteRead(isAtEnd, seen) {
    if (isLookedAt(window)) {
      if (isAtEnd) this.#unread.see(this.#log.last);
      else if (seen !== null) this.#unread.see(this.#log.messages[seen.last].seq);
      this.#mark.move(this.#unread.readTo);
    }
    this.#unread.recount(this.#log);
  }

  #readElsewhere(seq) {
    this.#unread.see(seq);
    this.changed();
  }

  #render(anchor) {
    const items = this.#window.isAtEnd ? this.#own.items.slice(-MOST_SHOWN) : [];
    const { lineAfter } = this.#unread;
    const rows = rowsOf({ log: this.#log, ...this.#window.bounds, items, me: this.#me, lineAfter });
    const arriving = this.#news.announce(this.#list.missing(rows));
    this.#list.render(rows, { anchor, arriving });
  }

  #showButton() {
    const isFar = !this.#window.isAtEnd || this.#pane.isFarFromEnd;
    const isAtEnd = this.#window.isAtEnd && this.#pane.isAtEnd;
    this.#toEnd.show({ count: isAtEnd ? 0 : this.#unread.count, areMore: this.#unread.areMore, isFar });
  }

  #indexesOf(rows) {
    if (rows === null) return null;
    const { messages } = this.#log;
    const index = ({ entry }) => Math.min(this.#log.indexOf(entry.seq), messages.length - 1);
    return { first: index(rows.first), middle: index(rows.middle), last: index(rows.last) };
  }
}
