/**
 * Timers, animation frames and waiting actions that can be cancelled. Does not access the page's elements.
 */

/** A hidden page gets no animation frames: its tasks run after this delay. */
const HIDDEN_PAGE_DELAY_MS = 500;

/** Timers may be early, so an action at midnight runs with this delay. */
const AFTER_MIDNIGHT_MS = 1_000;

/** Runs an action after some milliseconds. Returns a function that cancels it. */
export function schedule(ms, action) {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
}

/**
 * The lifetime of a part of the page. Its end removes the part's listeners (`signal`) and timers (`schedule`). While it is
 * paused, the part is not visible, and no `FrameTask` runs.
 */
export class Lifetime {
  #controller = new AbortController();
  #cancels = new Set();
  #isPaused = false;
  #waiting = new Set();

  /** Aborts at the end: the `signal` option of `addEventListener`. */
  get signal() {
    return this.#controller.signal;
  }

  /** Like `schedule` above. After the end it starts nothing. */
  schedule = (ms, action) => {
    if (this.signal.aborted) return () => {};
    const timer = setTimeout(() => {
      this.#cancels.delete(cancel);
      action();
    }, ms);
    const cancel = () => {
      clearTimeout(timer);
      this.#cancels.delete(cancel);
    };
    this.#cancels.add(cancel);
    return cancel;
  };

  /** Runs an action at the end. */
  onEnd(action) {
    this.signal.addEventListener('abort', action);
  }

  get isPaused() {
    return this.#isPaused;
  }

  pause() {
    this.#isPaused = true;
  }

  resume() {
    this.#isPaused = false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const action of waiting) action();
  }

  /** Runs an action once at the end of the pause, however often it is requested. */
  afterPause(action) {
    this.#waiting.add(action);
  }

  end() {
    this.#waiting.clear();
    this.#controller.abort();
    for (const cancel of this.#cancels) cancel();
  }
}

/** Runs an action once before the next animation frame, or after a pause, however often it is requested. */
export class FrameTask {
  #action;
  #lifetime;
  #frame = null;
  #cancelTimer;
  #requestAgain = () => this.request();

  constructor(action, lifetime) {
    this.#action = action;
    this.#lifetime = lifetime;
    lifetime.onEnd(() => this.#cancel());
  }

  request() {
    if (this.#frame !== null || this.#lifetime.signal.aborted) return;
    if (this.#lifetime.isPaused) {
      this.#lifetime.afterPause(this.#requestAgain);
      return;
    }
    this.#frame = requestAnimationFrame(() => this.#run());
    this.#cancelTimer = this.#lifetime.schedule(HIDDEN_PAGE_DELAY_MS, () => this.#run());
  }

  #run() {
    this.#cancel();
    if (this.#lifetime.isPaused) this.request();
    else this.#action();
  }

  #cancel() {
    if (this.#frame === null) return;
    cancelAnimationFrame(this.#frame);
    this.#cancelTimer();
    this.#frame = null;
  }
}

/** A waiting action that the user may cancel by doing something else. */
export class Cancellable {
  #current = null;

  /** Runs an action when `ready` resolves to true, unless it was cancelled or replaced by then. */
  async run(ready, action) {
    const run = Symbol();
    this.#current = run;
    if ((await ready) && this.#current === run) action();
    if (this.#current === run) this.#current = null;
  }

  cancel() {
    this.#current = null;
  }
}

/** Runs an action after each midnight of the reader's time zone. */
export function everyMidnight(lifetime, action) {
  const now = new Date();
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  lifetime.schedule(midnight - now + AFTER_MIDNIGHT_MS, () => {
    action();
    everyMidnight(lifetime, action);
  });
}
