/**
 * The pane in which the log scrolls: keeps in place what somebody is reading while messages come, and stays at the
 * end if it was there. Its style runs it backwards, so `scrollTop` is 0 at the end and falls towards the start.
 */

/** So near to the end is at the end. */
const AT_END_PX = 24;
/** So near to the start older messages are fetched. */
const NEAR_START_PX = 600;
const SILENT_MS = 250;

export class Pane {
  #log;

  constructor(log) {
    this.#log = log;
  }

  get isAtEnd() {
    return -this.#log.scrollTop <= AT_END_PX;
  }

  get isNearStart() {
    return this.#log.scrollHeight - this.#log.clientHeight + this.#log.scrollTop <= NEAR_START_PX;
  }

  toEnd() {
    this.#log.scrollTop = 0;
  }

  /** Calls back on each scrolling. */
  whenScrolled(action) {
    this.#log.addEventListener('scroll', action, { passive: true });
  }

  /** Makes a change at the end of the log. */
  changeBelow(change) {
    if (this.isAtEnd) {
      change();
      this.toEnd();
      return;
    }
    const height = this.#log.scrollHeight;
    change();
    this.#log.scrollTop -= this.#log.scrollHeight - height;
  }

  /** Makes a change at the start of the log. It moves nothing, and what is old is not read out as news. */
  changeAbove(change) {
    this.#log.setAttribute('aria-live', 'off');
    change();
    setTimeout(() => this.#log.setAttribute('aria-live', 'polite'), SILENT_MS);
  }
}
