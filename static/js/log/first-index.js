/**
 * Finds a place in something that is in order. Knows nothing of what that is.
 */

/** The index of the first of a list for which a test holds, as it does for all after it; their number if for none. */
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
