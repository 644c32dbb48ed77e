/**
 * How much room a text has left, counted as the server counts. Says it for the eye at each key, and for the ear only
 * at a few steps. Knows no page.
 */

import { countChars, MAX_CHARS, normalise } from './text-rules.js';

/** From here on the number is shown. */
export const SHOWN_FROM = 3_600;

/** Each is said once as it is passed upwards; the last one is the first character too many. */
const STEPS = [SHOWN_FROM, 3_900, 3_980, MAX_CHARS + 1];

export class Counter {
  #step = 0;

  /**
   * Counts what stands in the field. `count` is null while it need not be shown; `say` is whether it should be read
   * out: a step was passed, or the text fits again.
   */
  update(raw) {
    // A text of so few code units cannot have more characters; most keys are pressed in such.
    const count = raw.length < SHOWN_FROM ? 0 : countChars(normalise(raw));
    const step = STEPS.filter((from) => count >= from).length;
    const fitsAgain = this.#step === STEPS.length && step < STEPS.length && step > 0;
    const say = step > this.#step || fitsAgain;
    this.#step = step;
    return { count: count < SHOWN_FROM ? null : count, isTooMuch: count > MAX_CHARS, say };
  }
}
