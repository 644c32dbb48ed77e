/**
 * Whether somebody looks at this page: it is shown, and its window is the one in front. One behind another window is
 * not hidden to the browser.
 */

export const isLookedAt = ({ document }) => !document.hidden && document.hasFocus();

/** Calls back each time that somebody begins to look. */
export function whenLookedAt(window, action) {
  const look = () => isLookedAt(window) && action();
  window.document.addEventListener('visibilitychange', look);
  window.addEventListener('focus', look);
}
