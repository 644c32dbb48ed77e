/**
 * A text that is too tall stands in its bubble in part, with a button below it that shows the rest. A screen reader and
 * a search in the page have the whole text in any case.
 */

import { isTall } from './tall.js';
import * as texts from '../texts.js';

/** Folds the text of a message if it is too tall, and gives its bubble the button. */
export function fillFold(node, text) {
  const button = node.querySelector('.collapse-toggle');
  if (!isTall(text)) {
    button?.remove();
    node.removeAttribute('data-collapse');
  } else if (button === null) {
    node.querySelector('.bubble').append(makeButton());
    turn(node, false);
  }
}

/** Shows the whole text, or a part of it again. */
export function turnFold(node) {
  turn(node, !isOpen(node));
}

/** Whether only a part of the text is seen. */
export function isFolded(node) {
  return node.querySelector('.collapse-toggle') !== null && !isOpen(node);
}

const isOpen = (node) => node.dataset.collapse === 'open';

function turn(node, isToOpen) {
  const button = node.querySelector('.collapse-toggle');
  node.dataset.collapse = isToOpen ? 'open' : 'closed';
  button.setAttribute('aria-expanded', isToOpen);
  button.textContent = isToOpen ? texts.fold.less : texts.fold.all;
  // Following a link by keyboard may have scrolled what is hidden.
  node.querySelector('.text').scrollTop = 0;
}

function makeButton() {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'collapse-toggle link';
  return button;
}
