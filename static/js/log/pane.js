/**
 * The pane in which the log scrolls: keeps in place what somebody is reading while the list changes, and is the log
 * that a screen reader listens to. Its style runs it backwards, so `scrollTop` is 0 at the end and falls towards the
 * start; what is added there while it is at the end needs no scrolling.
 */

import { scrollOf } from './scroll-keys.js';

/** So near to the end is at the end. */
const AT_END_PX = 24;

/** A browser tells a screen reader of changes some time after they were made. */
const SILENT_MS = 300;

export class Pane {
  #log;
  #silence = null;
  /** The element that is to stay, how far it is from the middle, and the width that the pane had. */
  #held = null;

  constructor(log) {
    this.#log = log;
  }

  get isAtEnd() {
    return -this.#log.scrollTop <= AT_END_PX;
  }

  /** Whether the end is more than a screen away. */
  get isFarFromEnd() {
    return -this.#log.scrollTop > this.#log.clientHeight;
  }

  /** Where it is on the screen: `top`, `bottom`. */
  get box() {
    return this.#log.getBoundingClientRect();
  }

  /** Whether what is added now is read out. */
  get isSpeaking() {
    return this.#silence === null;
  }

  /** Calls back on each scrolling. */
  whenScrolled(action) {
    this.#log.addEventListener('scroll', action, { passive: true });
  }

  /** Scrolls by the keys that do so, at once, and calls back on Home and End. */
  whenSentTo({ start, end }) {
    this.#log.addEventListener('keydown', (event) => {
      const way = scrollOf(event, this.#log.clientHeight);
      const isPress = event.key === ' ' && event.target.closest('button') !== null;
      if (way === null || isPress || event.defaultPrevented) return;
      if (way === 'start') start();
      else if (way === 'end') end();
      else if (!this.#scrollBy(way)) return;
      event.preventDefault();
    });
  }

  focus() {
    this.#log.focus({ preventScroll: true });
  }

  toEnd() {
    this.#log.scrollTop = 0;
  }

  toStart() {
    this.#log.scrollTop = -this.#log.scrollHeight;
  }

  /** Makes a change while an element stays where it is on the screen; null if it is the end that stays. */
  keeping(element, change) {
    const top = element?.getBoundingClientRect().top;
    change();
    if (element === null || !element.isConnected) return;
    const moved = element.getBoundingClientRect().top - top;
    if (Math.abs(moved) >= 0.5) this.#log.scrollTop += moved;
  }

  /** Remembers where an element is on the screen, for when the width changes; null if it is the end that stays. */
  hold(element) {
    const { top, bottom, width } = this.box;
    const away = element && element.getBoundingClientRect().top - (top + bottom) / 2;
    this.#held = { element, away, width };
  }

  /** With another width all is of another height: puts back what was held. To be called before anything is drawn. */
  putBack() {
    const { element, away, width } = this.#held ?? { element: null };
    const box = this.box;
    if (element === null || !element.isConnected || box.width === width) return;
    this.#log.scrollTop += element.getBoundingClientRect().top - (box.top + box.bottom) / 2 - away;
  }

  /** What is added from now on until a moment later is old, and not read out as news. */
  silence() {
    clearTimeout(this.#silence);
    this.#log.setAttribute('aria-live', 'off');
    this.#silence = setTimeout(() => {
      this.#silence = null;
      this.#log.setAttribute('aria-live', 'polite');
    }, SILENT_MS);
  }

  /** Returns whether there was anywhere to go; else the page around may scroll. */
  #scrollBy(px) {
    const before = this.#log.scrollTop;
    this.#log.scrollTop += px;
    return this.#log.scrollTop !== before;
  }
}
