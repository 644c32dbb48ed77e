/**
 * An action that waits for something, and that the user may cancel until then by doing something else. Does not access
 * the page.
 */

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
