/**
 * Tells when somebody may be back after a while in which the page, or the whole device, slept: when it is shown, gets
 * the focus or a network, and when the clock has leapt. Knows no connection.
 */

const TICK_MS = 5_000;

/** Timers are late by less than this while a page runs. */
const LEAP_MS = 10_000;

const SIGNS = ['focus', 'pageshow', 'online'];

export function whenBack(window, action, { now = () => Date.now(), repeat = setInterval } = {}) {
  const { document } = window;
  document.addEventListener('visibilitychange', () => document.hidden || action());
  for (const sign of SIGNS) window.addEventListener(sign, action);
  let last = now();
  repeat(() => {
    const ms = now() - last;
    last += ms;
    // A hidden page's timers are late in any case, and it will be shown.
    if (ms > TICK_MS + LEAP_MS && !document.hidden) action();
  }, TICK_MS);
}
