/**
 * Where the keys that scroll lead. A browser would run there bit by bit, and stop at each change of the list. Knows no
 * page.
 */

/** As far as browsers go by an arrow, and which part of a screen by a page. */
const LINE_PX = 40;
const PAGE = 0.875;

/** Returns `start`, `end`, by how many pixels to scroll in a pane of a height, or null: the key is the browser's. */
export function scrollOf({ key, altKey, ctrlKey, metaKey, shiftKey }, height) {
  if (altKey || metaKey) return null;
  if (key === ' ' && !ctrlKey) return (shiftKey ? -PAGE : PAGE) * height;
  if (shiftKey) return null;
  if (key === 'Home') return 'start';
  if (key === 'End') return 'end';
  if (ctrlKey) return null;
  const ways = { PageUp: -PAGE * height, PageDown: PAGE * height, ArrowUp: -LINE_PX, ArrowDown: LINE_PX };
  return ways[key] ?? null;
}
