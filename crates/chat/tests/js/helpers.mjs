// What the tests of the page's scripts share.

export const room = 'lobby';
export const ada = { id: 'u-ada', username: 'ada', display_name: 'Ada' };
export const grace = { id: 'u-grace', username: 'grace', display_name: 'Grace' };

/** An entry of the log. */
export const entry = (seq, changes = {}) => ({
  room,
  seq,
  kind: 'message',
  id: `m${seq}`,
  sender: grace,
  text: `text ${seq}`,
  sent_at: '2026-03-01T09:30:00.250Z',
  ...changes,
});

/** The entries from one number to another. */
export const entries = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => entry(from + i));

export const seqs = (list) => list.map(({ seq }) => seq);

/** Runs everything that is ready to run. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A promise with its `resolve` and `reject`. */
export function promised() {
  let settle;
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

/** A storage like the browser's. With `isFull` it accepts nothing. */
export function makeStorage(kept = new Map()) {
  const storage = {
    kept,
    isFull: false,
    get length() {
      return kept.size;
    },
    key: (i) => [...kept.keys()][i] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => kept.delete(key),
    setItem(key, value) {
      if (storage.isFull) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, String(value));
    },
  };
  return storage;
}

/** A document with what modules that do not access the page use: its visibility and its title. */
export function makeDocument({ hidden = false, title = 'Lobby – Natter' } = {}) {
  const listeners = [];
  return {
    hidden,
    title,
    hasFocus() {
      return !this.hidden;
    },
    addEventListener: (_event, listener) => listeners.push(listener),
    turn(isHidden) {
      this.hidden = isHidden;
      listeners.forEach((listener) => listener());
    },
  };
}

/** A window of such a document: in front, behind another one, or hidden. `dispatch` calls its listeners. */
export function makeWindow({ hidden = false } = {}) {
  const listeners = {};
  let isInFront = !hidden;
  const window = {
    document: makeDocument({ hidden }),
    isSecureContext: true,
    focused: 0,
    focus: () => (window.focused += 1),
    addEventListener: (event, listener) => (listeners[event] ??= []).push(listener),
    dispatch: (event, details = {}) => listeners[event]?.forEach((listener) => listener({ type: event, ...details })),
    /** `front`, `behind` or `hidden`. */
    turn(where) {
      isInFront = where === 'front';
      const isHidden = where === 'hidden';
      if (window.document.hidden !== isHidden) window.document.turn(isHidden);
      window.dispatch(isInFront ? 'focus' : 'blur');
    },
  };
  window.document.hasFocus = () => isInFront;
  return window;
}
