/**
 * Something that somebody asked for and that takes time: he gets it once it is there, unless he went on to something
 * else. Knows no page.
 */

export class Wish {
  #current = null;

  /** Runs an action once `ready` resolves to true, if it is still wished. */
  async make(ready, action) {
    const wish = Symbol();
    this.#current = wish;
    if ((await ready) && this.#current === wish) action();
    if (this.#current === wish) this.#current = null;
  }

  /** He wishes it no more. */
  giveUp() {
    this.#current = null;
  }
}
