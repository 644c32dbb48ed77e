/**
 * What a reader takes for one character: a flag, a family, a letter with its marks. Knows no page.
 */

const SEGMENTER =
  typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null;

/** The common kinds, for browsers without a segmenter: flags of regions, emoji in all their parts, letters with marks. */
const EMOJI = '\\p{Emoji}(?:\\p{Emoji_Modifier}|\\uFE0F?\\u20E3|\\uFE0F)?[\\u{E0020}-\\u{E007F}]*';
const COMMON = new RegExp(`^(?:\\p{RI}\\p{RI}|${EMOJI}(?:\\u200D${EMOJI})*|[^])\\p{M}*`, 'u');

/** The first character as it is seen; nothing of an empty text. */
export function firstGrapheme(text, segmenter = SEGMENTER) {
  if (segmenter === null) return text.match(COMMON)?.[0] ?? '';
  const [first] = segmenter.segment(text);
  return first?.segment ?? '';
}
