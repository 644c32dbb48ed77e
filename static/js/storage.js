/**
 * The browser's storages, which may be forbidden or full, and may contain anything. Reading and writing here never
 * throws; writing returns whether it worked. Does not define any key.
 */

/** Replaces a forbidden storage: it is empty, and writing fails. */
const UNAVAILABLE = {
  length: 0,
  key: () => null,
  getItem: () => null,
  setItem() {
    throw new Error('the storage is not available');
  },
  removeItem() {},
};

/** Returns `localStorage` or `sessionStorage` of a window by its name. Accessing a forbidden one throws. */
export function openStorage(name, scope = globalThis) {
  try {
    scope[name].getItem('');
    return scope[name];
  } catch {
    return UNAVAILABLE;
  }
}

/**
 * Returns the storage of this tab alone: `sessionStorage`. If the browser forbids it, as it does when all cookies are
 * blocked, the state of the current history entry replaces it, which survives a reload.
 */
export function openTabStorage(scope = globalThis) {
  const storage = openStorage('sessionStorage', scope);
  return storage === UNAVAILABLE ? historyStorage(scope.history) : storage;
}

function historyStorage(history) {
  const change = (change) => history.replaceState({ ...history.state, ...change }, '');
  return {
    getItem: (key) => history.state?.[key] ?? null,
    setItem: (key, value) => change({ [key]: value }),
    removeItem: (key) => change({ [key]: undefined }),
  };
}

/** Returns the value of a key, or null if there is none or it is not JSON. */
export function readJson(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

/** Stores a value; `null` removes the key. Returns whether that worked: a storage may be full. */
export function writeJson(storage, key, value) {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** Returns the keys that begin with a prefix. */
export function keysFrom(storage, prefix) {
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i));
  return keys.filter((key) => key?.startsWith(prefix));
}
