/**
 * Finds the web addresses in a text. Only http and https; gives parts of the text, never markup.
 */

const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/giu;
const TRAILING_PUNCTUATION = /[.,;:!?…“”‘’»*_~]$/u;
const CLOSING = { ')': '(', ']': '[', '}': '{' };

/** The text in order as `{ text }` and `{ text, href }`; joined, the texts are the text. */
export function splitLinks(text) {
  const parts = [];
  let from = 0;
  for (const { 0: candidate, index } of text.matchAll(CANDIDATE)) {
    const address = withoutTail(candidate);
    const href = webAddress(address);
    if (href === null) continue;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: address, href });
    from = index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** The sentence's full stop, and a bracket that was opened before the address, are not part of it. */
function withoutTail(address) {
  for (;;) {
    const last = address.at(-1);
    const opening = CLOSING[last];
    const strayBracket = opening !== undefined && count(address, last) > count(address, opening);
    if (!strayBracket && !TRAILING_PUNCTUATION.test(address)) return address;
    address = address.slice(0, -1);
  }
}

function webAddress(text) {
  try {
    const { protocol, href } = new URL(text);
    return protocol === 'http:' || protocol === 'https:' ? href : null;
  } catch {
    return null;
  }
}

const count = (text, part) => text.split(part).length - 1;
