/**
 * The browser's storages, which may be forbidden, full or filled with anything. Reading and writing here never
 * throws; who writes is told whether it is kept. Knows nobody's keys.
 */

/** Stands where a storage is forbidden: it keeps nothing and says so. */
const NOWHERE = {
  length: 0,
  key: () => null,
  getItem: () => null,
  setItem() {
    throw new Error('nothing can be kept here');
  },
  removeItem() {},
};

/** `localStorage` or `sessionStorage` of a window, by its name; touching a forbidden one throws. */
export function openStorage(name, scope = globalThis) {
  try {
    scope[name].getItem('');
    return scope[name];
  } catch {
    return NOWHERE;
  }
}

/**
 * What one tab keeps, and no other: `sessionStorage`. Where a browser forbids it, as with all cookies, the present entry of
 * the tab's history stands in for it, which lasts over a reload.
 */
export function openTabStorage(scope = globalThis) {
  const storage = openStorage('sessionStorage', scope);
  return storage === NOWHERE ? inHistory(scope.history) : storage;
}

function inHistory(history) {
  const change = (change) => history.replaceState({ ...history.state, ...change }, '');
  return {
    getItem: (key) => history.state?.[key] ?? null,
    setItem: (key, value) => change({ [key]: value }),
    removeItem: (key) => change({ [key]: undefined }),
  };
}

/** What is kept under a key, or null if it is nothing or no JSON. */
export function readJson(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

/** Keeps a value, `null` by forgetting. Returns whether that worked: a storage may be full. */
export function writeJson(storage, key, value) {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** The keys that begin so. */
export function keysFrom(storage, prefix) {
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i));
  return keys.filter((key) => key?.startsWith(prefix));
}
