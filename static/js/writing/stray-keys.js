/**
 * What is typed where nothing takes it belongs into the field in which one writes: after a click on a message, say.
 * Knows which keys those are, and neither the page nor the field.
 */

/** What browsers say of a key that goes to an input method. */
const OF_INPUT_METHOD = ['Process', 'Dead', 'Unidentified'];
const FIELDS = 'input, textarea, select, [contenteditable], dialog, :popover-open';
const EXTEND = /^(Arrow|Page|Home|End)/u;

export class StrayKeys {
  #selection;
  #isSelecting = false;

  /** `selection()` is what is selected in the page. */
  constructor({ selection }) {
    this.#selection = selection;
  }

  /** Calls back as such a key is pressed: the focus must be where it belongs before the browser acts on it. */
  watch(document, action) {
    document.addEventListener('pointerdown', () => (this.#isSelecting = false), { passive: true });
    document.addEventListener('keydown', (event) => this.belongsToField(event) && action());
  }

  /** Space, Enter and the arrows go where the focus is, and shortcuts to the browser; but what is pasted is writing. */
  belongsToField(event) {
    if (event.defaultPrevented || event.target.closest?.(FIELDS)) return false;
    const isCommand = event.ctrlKey || event.metaKey;
    if ((event.shiftKey && EXTEND.test(event.key)) || (isCommand && event.key === 'a')) this.#isSelecting = true;
    if (this.#isSelecting && !this.#selection().isCollapsed) return false;
    if (isCommand && !event.altKey && event.key.toLowerCase() === 'v') return true;
    return !isCombined(event) && (isPrintable(event.key) || OF_INPUT_METHOD.includes(event.key));
  }
}

/** With AltGr one writes, though some systems call it Ctrl and Alt. */
function isCombined(event) {
  return (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState('AltGraph');
}

const isPrintable = (key) => key !== ' ' && [...key].length === 1;
