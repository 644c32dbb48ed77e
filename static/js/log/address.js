/**
 * How much of what follows `http://` is the address, and how much the sentence around it. Each character is looked at
 * a fixed number of times: anybody can send an address of 4,000 brackets.
 */

const HOST = /^(?:https?:\/\/)?([^/?#\\]*)/i;
const CLOSING = { ')': '(', ']': '[', '}': '{' };
const ASCII_TAIL = '.,;:!?\'*_~';
const OTHER_PUNCTUATION = /(?=\P{ASCII})\p{P}/u;

/** Scripts that put no space between a word of another script and their own. */
const UNSPACED = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
const UNSPACED_LETTER = new RegExp(`[${UNSPACED.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u');

/** The length of the address at the beginning of a text without white space. */
export function addressLength(text) {
  return withoutTail(text, withoutProse(text));
}

/**
 * A last label that begins in ASCII ends with it, and so does a port: no top-level domain mixes the two, and an address
 * that ran on into the sentence would lead to another host.
 */
function withoutProse(text) {
  const [beginning, host] = text.match(HOST);
  const label = 1 + Math.max(...['.', ':', '@'].map((sign) => host.lastIndexOf(sign)));
  const ascii = host.slice(label).match(/^[a-z0-9-]*/i)[0].length;
  const end = beginning.length - host.length + label + ascii;
  return ascii > 0 && UNSPACED_LETTER.test(text.charAt(end)) ? end : text.length;
}

/** The sentence's full stop, and a bracket that was opened before the address, are not part of it. */
function withoutTail(text, length) {
  const surplus = surplusBrackets(text, length);
  let end = length;
  for (; end > 0; end -= 1) {
    const last = text.charAt(end - 1);
    const isStray = surplus[last] > 0;
    if (!isStray && !ASCII_TAIL.includes(last) && !OTHER_PUNCTUATION.test(last)) break;
    if (isStray) surplus[last] -= 1;
  }
  return end;
}

/** By how many each closing bracket outnumbers its opening one. */
function surplusBrackets(text, length) {
  const counts = {};
  for (let i = 0; i < length; i += 1) {
    const character = text.charAt(i);
    counts[character] = (counts[character] ?? 0) + 1;
  }
  const surplus = Object.entries(CLOSING).map(([close, open]) => [close, (counts[close] ?? 0) - (counts[open] ?? 0)]);
  return Object.fromEntries(surplus);
}
