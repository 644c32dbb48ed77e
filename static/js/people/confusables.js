/**
 * Whether two names look alike. It covers the common cases, and prefers a false positive: an additional user name does
 * no harm. Does not access the page.
 */

/** Letters that look like another one, each mapped to one representative in lower case. */
const CONFUSABLES = new Map([
  ...pairs('l1ıіӏι', 'i'),
  ...pairs('0оοօ', 'o'),
  ...pairs('авсԁеһнјкмрԛѕтѵԝху', 'abcdehhjkmpqstvwxy'),
  ...pairs('αβεζηκμνρτυχ', 'abezhkmnptyx'),
]);

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const NOT_ALPHANUMERIC = /[^\p{L}\p{N}]/gu;

/** Returns a form that is the same for names that look alike: without marks, spaces and signs, unless nothing is left. */
export function skeleton(name) {
  const plain = name.normalize('NFKD').replace(INVISIBLE, '').toLowerCase();
  const letters = plain.normalize('NFKD').replace(NOT_ALPHANUMERIC, '');
  return letters === '' ? plain.trim() : [...letters].map((letter) => CONFUSABLES.get(letter) ?? letter).join('');
}

/** Returns the skeleton of each word of a name. */
export function wordSkeletons(name) {
  return name.replace(INVISIBLE, '').split(/[^\p{L}\p{N}\p{M}]+/u).map(skeleton);
}

function pairs(letters, representatives) {
  const all = [...letters];
  return all.map((letter, i) => [letter, representatives.length === 1 ? representatives : representatives[i]]);
}
