/**
 * Finds the web addresses in a text. Only http and https; gives parts of the text, never markup.
 */

import { addressLength } from './address.js';

/**
 * What an address may begin with, and all that may be in one. It ends at white space, at what delimits addresses in
 * RFC 3986, appendix C, at signs that turn the direction of writing, and at the punctuation of scripts that put no
 * space between words: full-width signs, CJK brackets and full stops, “ ” « » … —. Letters of every script, and
 * the signs 々〆〇・, are parts of addresses as people copy them.
 */
const CANDIDATE = new RegExp(
  '(?:(?<![a-z0-9])https?://|(?<![a-z0-9.@/:_-])www\\.)' +
    '[^\\s<>"`\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069' +
    '\\u00AB\\u00BB\\u2014\\u201C-\\u201F\\u2026\\u2039\\u203A' +
    '\\u3000-\\u3004\\u3008-\\u3020\\u3030\\u3036\\u3037\\u303D-\\u303F\\uFE10-\\uFE1F\\uFE30-\\uFE6F' +
    '\\uFF01-\\uFF0F\\uFF1A-\\uFF20\\uFF3B-\\uFF40\\uFF5B-\\uFF65\\uFFE0-\\uFFEE]+',
  'giu',
);

/** One without its scheme, which has a name after the www and one more. */
const SHORT = /^www\./i;
const SHORT_HOST = /^www\.[^./?#\\:@]+\.[\p{L}\p{N}]/iu;

/** The text in order as `{ text }` and `{ text, href }`; joined, the texts are the text. */
export function splitLinks(text) {
  const parts = [];
  let from = 0;
  for (const { 0: candidate, index } of text.matchAll(CANDIDATE)) {
    const address = candidate.slice(0, addressLength(candidate));
    const href = webAddress(address);
    if (href === null) continue;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: address, href });
    from = index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** One that begins with www is taken for http, as GitHub Flavored Markdown has it: every server answers that. */
function webAddress(text) {
  const isShort = SHORT.test(text);
  if (isShort && !SHORT_HOST.test(text)) return null;
  try {
    const { protocol, href } = new URL(isShort ? `http://${text}` : text);
    return protocol === 'http:' || protocol === 'https:' ? href : null;
  } catch {
    return null;
  }
}
