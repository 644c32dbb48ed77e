/**
 * Whether two names look the same to a hasty reader. Errs on the side of "the same": who is told one name too many
 * loses nothing. Knows no page and nobody's name.
 */

/** Letters that look like another, each by the one that stands for all of them: the common ones, in small. */
const TWINS = new Map([
  ...pairs('l1ıіӏι', 'i'),
  ...pairs('0оοօ', 'o'),
  ...pairs('авсԁеһнјкмрԛѕтѵԝху', 'abcdehhjkmpqstvwxy'),
  ...pairs('αβεζηκμνρτυχ', 'abezhkmnptyx'),
]);

/** Marks, spaces, signs, and letters that nobody sees. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
const NO_LETTER = /[^\p{L}\p{N}]/gu;

/** What two names that look the same have in common, and others do not. A name without letters stands for itself. */
export function fold(name) {
  const plain = name.normalize('NFKD').replace(UNSEEN, '').toLowerCase();
  const letters = plain.normalize('NFKD').replace(NO_LETTER, '');
  return letters === '' ? plain.trim() : [...letters].map((letter) => TWINS.get(letter) ?? letter).join('');
}

/** The words of a name, each folded. */
export function foldedWords(name) {
  return name.replace(UNSEEN, '').split(/[^\p{L}\p{N}\p{M}]+/u).map(fold);
}

function pairs(letters, twins) {
  const all = [...letters];
  return all.map((letter, i) => [letter, twins.length === 1 ? twins : twins[i]]);
}
