/**
 * The pane in which the log scrolls: keeps in place what somebody is reading while the list changes, and is the log
 * that a screen reader listens to. Its style runs it backwards, so `scrollTop` is 0 at the end and falls towards the
 * start; what is added there while it is at the end needs no scrolling.
 */

/** So near to the end is at the end. */
const AT_END_PX = 24;

/** A browser tells a screen reader of changes some time after they were made. */
const SILENT_MS = 300;

export class Pane {
  #log;
  #silence = null;

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

  /** Calls back on Home and End, with no other key, before the browser does what it would. */
  whenSentTo({ start, end }) {
    this.#log.addEventListener('keydown', (event) => {
      const action = { Home: start, End: end }[event.key];
      if (action === undefined || event.altKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      action();
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

  /** What is added from now on until a moment later is old, and not read out as news. */
  silence() {
    clearTimeout(this.#silence);
    this.#log.setAttribute('aria-live', 'off');
    this.#silence = setTimeout(() => {
      this.#silence = null;
      this.#log.setAttribute('aria-live', 'polite');
    }, SILENT_MS);
  }
}
