/**
 * The clock by which modules wait, unless a test gives them one of its own.
 */

/** Does something once so many milliseconds are over. Returns what `clearTimeout` takes. */
export const after = (ms, action) => setTimeout(action, ms);
