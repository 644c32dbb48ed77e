/**
 * The pane in which the log scrolls: keeps the visible messages in place while the list changes. It is also the live
 * region of the log. Its style reverses it, so `scrollTop` is 0 at the end and decreases towards the start, and content
 * added while it is at the end needs no scrolling.
 */

/** Within this distance the pane is at its end. */
const AT_END_PX = 24;

/** A browser reports changes to a screen reader some time after they were made. */
const SILENCE_DELAY_MS = 300;

/** The distances that keys scroll, as in browsers: an arrow key, and a page key as a part of the height. */
const LINE_PX = 40;
const PAGE = 0.875;

export class ScrollPane {
  #log;
  #lifetime;
  #cancelSilence = null;
  /** The element to keep in place, its distance from the middle, and the width that the pane had. */
  #held = null;

  constructor(log, lifetime) {
    this.#log = log;
    this.#lifetime = lifetime;
  }

  get isAtEnd() {
    return -this.#log.scrollTop <= AT_END_PX;
  }

  /** Whether the end is more than a screen away. */
  get isFarFromEnd() {
    return -this.#log.scrollTop > this.#log.clientHeight;
  }

  /** Its place on the screen: `top`, `bottom`. */
  get box() {
    return this.#log.getBoundingClientRect();
  }

  /** Whether a screen reader reads out what is added. */
  get isSpeaking() {
    return this.#cancelSilence === null;
  }

  /** Calls `action` each time the pane scrolls. */
  whenScrolled(action) {
    this.#log.addEventListener('scroll', action, { passive: true, signal: this.#lifetime.signal });
  }

  /** Scrolls by keys without an animation, which each change of the list would stop. Home and End call an action. */
  whenSentTo({ start, end }) {
    const { signal } = this.#lifetime;
    this.#log.addEventListener('keydown', (event) => this.#pressed(event, { start, end }), { signal });
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

  /** Scrolls to an element, which will be at the top; for null, nowhere. */
  toTop(element) {
    if (element !== null) this.#log.scrollTop += element.getBoundingClientRect().top - this.box.top;
  }

  /** Makes a change while an element stays where it is on the screen; for null, the end does. */
  keepInPlace(element, change) {
    const top = element?.getBoundingClientRect().top;
    change();
    if (element === null || !element.isConnected) return;
    const moved = element.getBoundingClientRect().top - top;
    if (Math.abs(moved) >= 0.5) this.#log.scrollTop += moved;
  }

  /** Remembers where an element is on the screen, for a change of the width; null for the end. */
  hold(element) {
    const { top, bottom, width } = this.box;
    const distance = element && element.getBoundingClientRect().top - (top + bottom) / 2;
    this.#held = { element, distance, width };
  }

  /** After a change of the width, which changes all heights, scrolls back to what was held. Call it before a render. */
  restoreHeld() {
    const { element, distance, width } = this.#held ?? { element: null };
    const box = this.box;
    if (element === null || !element.isConnected || box.width === width) return;
    this.#log.scrollTop += element.getBoundingClientRect().top - (box.top + box.bottom) / 2 - distance;
  }

  /** Content that is added shortly after this call is not read out. */
  silence() {
    this.#cancelSilence?.();
    this.#log.setAttribute('aria-live', 'off');
    this.#cancelSilence = this.#lifetime.schedule(SILENCE_DELAY_MS, () => {
      this.#cancelSilence = null;
      this.#log.setAttribute('aria-live', 'polite');
    });
  }

  #pressed(event, { start, end }) {
    const target = scrollTarget(event, this.#log.clientHeight);
    const pressesButton = event.key === ' ' && event.target.closest('button') !== null;
    if (target === null || pressesButton || event.defaultPrevented) return;
    if (target === 'start') start();
    else if (target === 'end') end();
    else if (!this.#scrollBy(target)) return;
    event.preventDefault();
  }

  /** Returns whether the pane moved; otherwise the page may scroll. */
  #scrollBy(px) {
    const before = this.#log.scrollTop;
    this.#log.scrollTop += px;
    return this.#log.scrollTop !== before;
  }
}

/** Returns where a key scrolls in a pane of a height: `start`, `end`, a number of pixels, or null for other keys. */
export function scrollTarget({ key, altKey, ctrlKey, metaKey, shiftKey }, height) {
  if (altKey || metaKey) return null;
  if (key === ' ' && !ctrlKey) return (shiftKey ? -PAGE : PAGE) * height;
  if (shiftKey) return null;
  if (key === 'Home') return 'start';
  if (key === 'End') return 'end';
  if (ctrlKey) return null;
  const distances = { PageUp: -PAGE * height, PageDown: PAGE * height, ArrowUp: -LINE_PX, ArrowDown: LINE_PX };
  return distances[key] ?? null;
}
