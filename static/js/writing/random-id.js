/**
 * Names that nobody else will give: for messages and for tabs' lanes.
 */

/** 128 random bits in 32 letters and digits. `crypto.randomUUID` would be missing on a page over plain http. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
