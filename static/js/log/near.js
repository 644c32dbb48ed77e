/**
 * What should be read next, seen from where somebody reads: the nearest part that is not known. Knows no page, asks
 * nobody.
 */

/** A part that is so many messages away is near. */
const NEAR = 25;

/**
 * Returns `{ before }` or `{ after }`, the number from which to read, or null if nothing is missing near what is seen:
 * the indexes of a first, a middle and a last message. A gap fills towards the reader.
 */
export function missingNear(log, { first, middle, last }) {
  for (let away = 0; away <= last - first + NEAR; away += 1) {
    const above = middle - away >= first - NEAR ? log.gapBefore(middle - away) : null;
    if (above !== null) return { before: above.before };
    const below = middle + away < last + NEAR ? log.gapBefore(middle + away + 1) : null;
    if (below !== null) return { after: below.after };
  }
  return first < NEAR && !log.startReached ? { before: log.first } : null;
}
