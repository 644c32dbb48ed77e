/**
 * What is selected in the list, whose elements come and go: those that a selection touches are to stay, and one in which
 * a selection was begun comes back when somebody extends that from afar.
 */

import { firstIndex } from './first-index.js';

/** Of elements in their order those that a selection touches. */
export function touched(elements, selection) {
  if (selection.rangeCount === 0 || selection.isCollapsed) return [];
  // Where something between cannot be selected, some browsers make several ranges.
  const [first, last] = [selection.getRangeAt(0), selection.getRangeAt(selection.rangeCount - 1)];
  const from = firstIndex(elements, (element) => first.comparePoint(element, element.childNodes.length) >= 0);
  const to = firstIndex(elements, (element) => last.comparePoint(element, 0) > 0);
  return elements.slice(from, to);
}

export class Selected {
  /** Where a click was, whose element is gone since: `row`, `element`, and `node` and `offset` within it. */
  #begun = null;

  /** `bring(row)` is to put a row into the list again, at once. */
  constructor({ list, bring }) {
    document.addEventListener('pointerdown', ({ shiftKey, target }) => {
      const begun = this.#begun;
      if (shiftKey && begun !== null && list.contains(target)) {
        if (!begun.element.isConnected) bring(begun.row);
        getSelection().collapse(begun.node, begun.offset);
      }
      this.#begun = null;
    });
  }

  /** Elements go. Asked once for all: each look at the selection has the page laid out anew. */
  leave(elements, rowOf) {
    const { anchorNode: node, anchorOffset: offset } = getSelection();
    const element = elements.find((each) => each.contains(node));
    if (element !== undefined) this.#begun = { row: rowOf(element), element, node, offset };
  }

  /** The element that goes by a key, and the row that it showed, if a selection was begun in it; else null. */
  comeBack(key) {
    return this.#begun?.row.key === key ? this.#begun : null;
  }
}
