/**
 * Calls back a moment after each midnight of the reader's zone. Knows no page.
 */

const A_MOMENT_MS = 1_000;

export function eachMidnight(action) {
  const now = new Date();
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  setTimeout(() => {
    action();
    eachMidnight(action);
  }, midnight - now + A_MOMENT_MS);
}
