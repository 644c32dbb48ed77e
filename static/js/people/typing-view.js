/**
 * The line that says who is typing. It is no live region: it changes too often to be read out.
 */

import * as texts from '../texts.js';

export class TypingView {
  #line;

  constructor(line) {
    this.#line = line;
  }

  /** Shows these people as typing. */
  show(people) {
    const [first, ...rest] = texts.typing(people.length);
    const parts = rest.flatMap((words, i) => [isolated(people[i].display_name), words]);
    this.#line.replaceChildren(first, ...parts);
  }
}

/** A name that runs from right to left must not turn the sentence round. */
function isolated(name) {
  const node = document.createElement('bdi');
  node.textContent = name;
  return node;
}
