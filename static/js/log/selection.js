/**
 * The user's selection in the list, whose elements are added and removed: the selected messages stay in the page, and the
 * one in which a selection began returns when the user extends the selection from far away.
 */

import { firstIndex } from './binary-search.js';

/** Returns the elements that a selection touches, in their order. */
export function selectedElements(elements, selection) {
  if (selection.rangeCount === 0 || selection.isCollapsed) return [];
  // Some browsers create several ranges around content that cannot be selected.
  const [first, last] = [selection.getRangeAt(0), selection.getRangeAt(selection.rangeCount - 1)];
  const from = firstIndex(elements, (element) => first.comparePoint(element, element.childNodes.length) >= 0);
  const to = firstIndex(elements, (element) => last.comparePoint(element, 0) > 0);
  return elements.slice(from, to);
}

export class SelectionAnchor {
  /** The anchor of the selection, if its element was removed: `row`, `element`, and `node` and `offset` inside it. */
  #anchor = null;

  /** `restore(row)` must put a row into the list again at once. */
  constructor({ list, restore, signal }) {
    const extend = ({ shiftKey, target }) => {
      const anchor = this.#anchor;
      if (shiftKey && anchor !== null && list.contains(target)) {
        if (!anchor.element.isConnected) restore(anchor.row);
        getSelection().collapse(anchor.node, anchor.offset);
      }
      this.#anchor = null;
    };
    document.addEventListener('pointerdown', extend, { signal });
  }

  /** Call it before elements are removed: once for all, because reading the selection causes a layout. */
  elementsRemoved(elements, rowOf) {
    const { anchorNode: node, anchorOffset: offset } = getSelection();
    const element = elements.find((each) => each.contains(node));
    if (element !== undefined) this.#anchor = { row: rowOf(element), element, node, offset };
  }

  /** Returns the removed `element` and `row` of a key if the selection began in it, or null. */
  removedWithKey(key) {
    return this.#anchor?.row.key === key ? this.#anchor : null;
  }
}
