/**
 * Decides which keys outside of a field are typing, for example after a click on a message. They go to the composer.
 */

/** The names of keys that go to an input method. */
const INPUT_METHOD_KEYS = ['Process', 'Dead', 'Unidentified'];
const FIELDS = 'input, textarea, select, [contenteditable], dialog, :popover-open';
const EXTENDING_KEYS = /^(Arrow|Page|Home|End)/u;

export class StrayKeys {
  #selection;
  #isSelecting = false;

  /** `selection()` returns the selection of the page. */
  constructor({ selection }) {
    this.#selection = selection;
  }

  /** Calls `action` when the user types: it must move the focus before the browser handles the key. */
  watch(document, action) {
    document.addEventListener('pointerdown', () => (this.#isSelecting = false), { passive: true });
    document.addEventListener('keydown', (event) => this.isTyping(event) && action());
  }

  /** Space, Enter and the arrow keys belong to the focused element, shortcuts to the browser. Pasting is typing. */
  isTyping(event) {
    if (event.defaultPrevented || event.target.closest?.(FIELDS)) return false;
    const isCommand = event.ctrlKey || event.metaKey;
    const isExtending = event.shiftKey && EXTENDING_KEYS.test(event.key);
    if (isExtending || (isCommand && event.key === 'a')) this.#isSelecting = true;
    if (this.#isSelecting && !this.#selection().isCollapsed) return false;
    if (isCommand && !event.altKey && event.key.toLowerCase() === 'v') return true;
    return !isShortcut(event) && (isPrintable(event.key) || INPUT_METHOD_KEYS.includes(event.key));
  }
}

/** AltGr types characters, although some systems report it as Ctrl+Alt. */
function isShortcut(event) {
  return (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState('AltGraph');
}

const isPrintable = (key) => key !== ' ' && [...key].length === 1;
