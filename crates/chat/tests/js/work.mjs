// Counts the characters that a function reads, so that a test can detect work that grows with the square of the text. It
// cannot count the work inside of regular expressions; `expressions.test.mjs` searches the sources for slow ones.

const ONE = ['at', 'charAt', 'charCodeAt', 'codePointAt'];
const WHOLE = ['split', 'match', 'matchAll', 'replace', 'replaceAll', 'search', 'normalize', 'trim', 'trimEnd', 'trimStart',
  'toLowerCase', 'toLocaleUpperCase', 'indexOf', 'lastIndexOf', 'includes', 'toWellFormed', 'isWellFormed'];
const PART = ['slice', 'substring'];

/** Returns the number of characters that `action` reads. */
export function workOf(action) {
  let work = 0;
  const undo = [];
  const spy = (owner, name, costOf) => {
    const real = owner[name];
    if (real === undefined) return;
    owner[name] = function counted(...args) {
      const result = Reflect.apply(real, this, args);
      work += costOf(this, args, result);
      return result;
    };
    undo.push(() => (owner[name] = real));
  };
  for (const name of ONE) spy(String.prototype, name, () => 1);
  for (const name of WHOLE) spy(String.prototype, name, (text) => text.length);
  for (const name of PART) spy(String.prototype, name, (_, __, result) => result.length);
  spy(String.prototype, Symbol.iterator, (text) => text.length);
  spy(RegExp.prototype, 'test', (_, [text]) => text.length);
  const RealUrl = globalThis.URL;
  globalThis.URL = class extends RealUrl {
    constructor(text, base) {
      work += text.length;
      super(text, base);
    }
  };
  undo.push(() => (globalThis.URL = RealUrl));
  try {
    action();
  } finally {
    undo.forEach((step) => step());
  }
  return work;
}
