/**
 * Reads a secret that the server masked, because it stands in a page that is compressed. Knows no page.
 */

/** The secret: the first half of the hexadecimal bytes are random, and the second its own changed by them. */
export function unmask(masked) {
  const half = masked.length / 2;
  const byte = (at) => Number.parseInt(masked.slice(at, at + 2), 16);
  let secret = '';
  for (let at = 0; at < half; at += 2) secret += String.fromCharCode(byte(at) ^ byte(half + at));
  return secret;
}
