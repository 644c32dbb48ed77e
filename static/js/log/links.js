/**
 * Finds the web addresses in a text: http and https only. Returns parts of the text, never markup. Each character is
 * visited a fixed number of times: anybody can send an address of 4,000 brackets.
 */

/**
 * What an address may begin with, and the characters in it. It ends at white space, at the delimiters of RFC 3986,
 * appendix C, at direction marks, and at the punctuation of scripts that put no space between words: full-width signs,
 * CJK brackets and full stops, “ ” « » … —. Letters of every script, and the signs 々〆〇・, are parts of addresses as
 * people copy them.
 */
const CANDIDATE = new RegExp(
  '(?:(?<![a-z0-9])https?://|(?<![a-z0-9.@/:_-])www\\.)' +
    '[^\\s<>"`\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069' +
    '\\u00AB\\u00BB\\u2014\\u201C-\\u201F\\u2026\\u2039\\u203A' +
    '\\u3000-\\u3004\\u3008-\\u3020\\u3030\\u3036\\u3037\\u303D-\\u303F\\uFE10-\\uFE1F\\uFE30-\\uFE6F' +
    '\\uFF01-\\uFF0F\\uFF1A-\\uFF20\\uFF3B-\\uFF40\\uFF5B-\\uFF65\\uFFE0-\\uFFEE]+',
  'giu',
);

/** An address without a scheme needs one more dot after the one of `www.`. */
const WWW = /^www\./i;
const WWW_HOST = /^www\.[^./?#\\:@]+\.[\p{L}\p{N}]/iu;

const HOST = /^(?:https?:\/\/)?([^/?#\\]*)/i;
const OPENING = { ')': '(', ']': '[', '}': '{' };
const ASCII_PUNCTUATION = '.,;:!?\'*_~';
const OTHER_PUNCTUATION = /(?=\P{ASCII})\p{P}/u;

/** Scripts that put no space between their own words and those of another script. */
const UNSPACED = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
const UNSPACED_LETTER = new RegExp(`[${UNSPACED.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u');

/** Returns the text in order as `{ text }` and `{ text, href }`. The joined texts are the whole text. */
export function splitLinks(text) {
  const parts = [];
  let from = 0;
  for (const { 0: candidate, index } of text.matchAll(CANDIDATE)) {
    const address = candidate.slice(0, addressLength(candidate));
    const href = hrefOf(address);
    if (href === null) continue;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: address, href });
    from = index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** Returns the length of the address at the beginning of a text without white space. The rest belongs to the sentence. */
function addressLength(text) {
  return withoutPunctuation(text, withoutProse(text));
}

/** `www.` stands for http, as in GitHub Flavored Markdown: every server answers that. */
function hrefOf(text) {
  const isShort = WWW.test(text);
  if (isShort && !WWW_HOST.test(text)) return null;
  try {
    const { protocol, href } = new URL(isShort ? `http://${text}` : text);
    return protocol === 'http:' || protocol === 'https:' ? href : null;
  } catch {
    return null;
  }
}

/**
 * A port, or a last label that begins in ASCII, ends where ASCII ends. No top-level domain mixes the two, and an address
 * that continued into the sentence would lead to another host.
 */
function withoutProse(text) {
  const [beginning, host] = text.match(HOST);
  const label = 1 + Math.max(...['.', ':', '@'].map((sign) => host.lastIndexOf(sign)));
  const ascii = host.slice(label).match(/^[a-z0-9-]*/i)[0].length;
  const end = beginning.length - host.length + label + ascii;
  return ascii > 0 && UNSPACED_LETTER.test(text.charAt(end)) ? end : text.length;
}

/** Excludes the sentence's full stop, and a closing bracket whose opening one is before the address. */
function withoutPunctuation(text, length) {
  const surplus = surplusBrackets(text, length);
  let end = length;
  for (; end > 0; end -= 1) {
    const last = text.charAt(end - 1);
    const isSurplus = surplus[last] > 0;
    if (!isSurplus && !ASCII_PUNCTUATION.includes(last) && !OTHER_PUNCTUATION.test(last)) break;
    if (isSurplus) surplus[last] -= 1;
  }
  return end;
}

/** Returns for each closing bracket how many more there are than opening ones. */
function surplusBrackets(text, length) {
  const counts = {};
  for (let i = 0; i < length; i += 1) {
    const character = text.charAt(i);
    counts[character] = (counts[character] ?? 0) + 1;
  }
  const surplus = Object.entries(OPENING).map(([close, open]) => [close, (counts[close] ?? 0) - (counts[open] ?? 0)]);
  return Object.fromEntries(surplus);
}
