/**
 * Whether the user can see this page, and when the user may have come back to it.
 */

const TICK_INTERVAL_MS = 5_000;

/** While a page runs, its timers are late by less than this. */
const MAX_TIMER_DELAY_MS = 10_000;

const RESUME_EVENTS = ['focus', 'pageshow', 'online'];

/** Whether the page is visible and its window has the focus. Browsers do not report a covered window as hidden. */
export const isInForeground = ({ document }) => !document.hidden && document.hasFocus();

/** Calls `action` each time the page comes to the foreground, until `signal` aborts. */
export function whenInForeground(window, action, signal) {
  const check = () => isInForeground(window) && action();
  window.document.addEventListener('visibilitychange', check, { signal });
  window.addEventListener('focus', check, { signal });
}

/**
 * Calls `action` when the page, or the whole device, may have slept: when the page becomes visible, gets the focus or a
 * network, and when the clock jumps.
 */
export function whenResumed(window, action, { now = () => Date.now(), repeat = setInterval } = {}) {
  const { document } = window;
  document.addEventListener('visibilitychange', () => document.hidden || action());
  for (const event of RESUME_EVENTS) window.addEventListener(event, action);
  let last = now();
  repeat(() => {
    const ms = now() - last;
    last += ms;
    // The timers of a hidden page are always late, and there will be an event when it becomes visible.
    if (ms > TICK_INTERVAL_MS + MAX_TIMER_DELAY_MS && !document.hidden) action();
  }, TICK_INTERVAL_MS);
}
