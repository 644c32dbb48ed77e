/**
 * Takes what cannot be sent out of what is pasted into a field: escape sequences from a terminal, page breaks from a
 * document. It can be undone like any paste, unless it has very many lines.
 */

import { pasteable } from './text-rules.js';

/** Browsers insert lines in the square of their number if it is to be undone: 5,000 took Chromium 50 s, 100 take 20 ms. */
const MAX_UNDOABLE_LINES = 100;

/** Watches a field in which one writes. */
export function cleanPastes(field) {
  field.addEventListener('paste', (event) => {
    const raw = event.clipboardData?.getData('text/plain') ?? '';
    const text = pasteable(raw);
    // CRLF and CR are the field's own business.
    if (text === raw.replace(/\r\n?/g, '\n')) return;
    event.preventDefault();
    insert(field, text);
  });
}

function insert(field, text) {
  const isEmpty = field.selectionStart === field.selectionEnd;
  if (text === '' && isEmpty) return;
  // Deprecated without a successor: nothing else leaves the browser's own undo whole.
  const isUndoable = text.split('\n').length <= MAX_UNDOABLE_LINES;
  if (isUndoable && document.execCommand(text === '' ? 'delete' : 'insertText', false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
