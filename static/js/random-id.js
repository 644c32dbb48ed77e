/**
 * Unique names for messages and for tabs.
 */

/** Returns 128 random bits as 32 hexadecimal digits. `crypto.randomUUID` does not exist on a page over plain http. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
