/**
 * Collapses a long text: the message shows the first part, with a button for the rest. Screen readers, and a search in
 * the page, get the whole text.
 */

import * as texts from '../texts.js';

/** A text with more lines is collapsed. `message.css` defines how much of it is visible. */
const MAX_LINES = 30;

/** An upper bound for the characters in a line. */
const LINE_CHARS = 95;

/** Returns whether a text is collapsed. */
export function isLong(text) {
  const lines = text.split('\n').map((line) => Math.max(Math.ceil(line.length / LINE_CHARS), 1));
  return lines.reduce((sum, count) => sum + count, 0) > MAX_LINES;
}

/** Collapses the text of a message if it is long, and adds the button. */
export function fillCollapse(node, text) {
  const button = node.querySelector('.collapse-toggle');
  if (!isLong(text)) {
    button?.remove();
    node.removeAttribute('data-collapse');
  } else if (button === null) {
    node.querySelector('.content').append(createButton());
    setExpanded(node, false);
  }
}

/** Expands the text of a message, or collapses it again. */
export function toggleCollapse(node) {
  setExpanded(node, !isExpanded(node));
}

/** Returns whether only a part of the text is visible. */
export function isCollapsed(node) {
  return node.querySelector('.collapse-toggle') !== null && !isExpanded(node);
}

const isExpanded = (node) => node.dataset.collapse === 'open';

function setExpanded(node, isToExpand) {
  const button = node.querySelector('.collapse-toggle');
  node.dataset.collapse = isToExpand ? 'open' : 'closed';
  button.setAttribute('aria-expanded', isToExpand);
  button.textContent = isToExpand ? texts.collapse.less : texts.collapse.all;
  // Following a link by keyboard may have scrolled the hidden part.
  node.querySelector('.text').scrollTop = 0;
}

function createButton() {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'collapse-toggle link';
  return button;
}
