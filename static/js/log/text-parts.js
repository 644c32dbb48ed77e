/**
 * The parts of a text that the page shows in another way than the rest: addresses as links, names of people marked. Does
 * not access the page.
 */

import { splitLinks } from './links.js';
import { mentionsIn } from './mentions.js';

/**
 * Returns the text in order as `{text}`, `{text, href}` and `{text, mention}`. The joined texts are the whole text. A name
 * in an address is part of the address.
 */
export function splitText(text, mentions) {
  const names = mentionsIn(text, mentions);
  let start = 0;
  return splitLinks(text).flatMap((part) => {
    const from = start;
    start += part.text.length;
    return part.href === undefined ? splitNames(part.text, from, names) : [part];
  });
}

/** `start` is the index of the part in the whole text. */
function splitNames(text, start, names) {
  const parts = [];
  let from = 0;
  for (const { from: nameFrom, to, mention } of names) {
    if (nameFrom < start || to > start + text.length) continue;
    parts.push({ text: text.slice(from, nameFrom - start) }, { text: text.slice(nameFrom - start, to - start), mention });
    from = to - start;
  }
  return [...parts, { text: text.slice(from) }].filter((part) => part.text !== '');
}
