/**
 * Binary search in a sorted list.
 */

/** Returns the index of the first item for which a test holds, or the length. It must hold for all later items, too. */
export function firstIndex(list, holds) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
