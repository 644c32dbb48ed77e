/**
 * Shows who is here, who is away and who is typing. Fills the page's `<template>` for a person, by text alone. The
 * changes are too many for a screen reader to announce them. Decides nothing.
 */

import { fillAvatar, fillHandle } from './identity-view.js';
import * as texts from '../texts.js';

export class PeopleView {
  #panel;
  #header;
  #template;
  #me;
  #names;
  #nodes = new Map();

  /**
   * `panel` is the element with the lists, `header` the room's element with the number, `template` a person's; `me` is
   * the id of the reader; `names` decides which names are ambiguous.
   */
  constructor({ panel, header, template, me, names }) {
    this.#panel = panel;
    this.#header = header;
    this.#template = template;
    this.#me = me;
    this.#names = names;
  }

  /** Shows the people of a `Presence`, which may be the last known ones. */
  show({ here, away, unnamed, isLive }) {
    const hereCount = texts.people.number(here.length, unnamed > 0 && away.length === 0);
    const { here: hereTitle, away: awayTitle, hereShort } = isLive ? texts.people.now : texts.people.lastSeen;
    setText(this.#header.querySelector('.here-count'), hereShort(hereCount));
    setText(this.#panel.querySelector('.here-title'), hereTitle(hereCount));
    setText(this.#panel.querySelector('.away-title'), awayTitle(away.length));
    setText(this.#panel.querySelector('.people-more'), unnamed > 0 ? texts.people.more(unnamed) : '');
    this.#fill(this.#panel.querySelector('.people-here'), here);
    this.#fill(this.#panel.querySelector('.people-away'), away);
    this.#panel.querySelector('.away').hidden = away.length === 0;
    this.#panel.hidden = false;
    this.#panel.toggleAttribute('data-last-seen', !isLive);
    this.#removeAllBut([...here, ...away]);
  }

  /** A person who is at the right place is not moved: a screen reader would lose its place. */
  #fill(list, people) {
    let next = list.firstElementChild;
    for (const person of people) {
      const node = this.#nodeOf(person);
      if (node === next) next = next.nextElementSibling;
      else list.insertBefore(node, next);
    }
    while (next !== null) {
      const rest = next;
      next = next.nextElementSibling;
      rest.remove();
    }
  }

  #nodeOf(person) {
    const { id, username, display_name: name, away } = person;
    const state = away ? 'away' : 'here';
    const node = this.#nodes.get(id) ?? this.#template.content.firstElementChild.cloneNode(true);
    this.#nodes.set(id, node);
    fillHandle(node.querySelector('.person-name'), this.#names.isAmbiguous(person) ? username : null);
    if (node.dataset.name === name && node.dataset.state === state) return node;
    Object.assign(node.dataset, { id, name, state });
    Object.assign(node.querySelector('.person-button').dataset, { username, name });
    fillAvatar(node.querySelector('.avatar'), person);
    const words = node.querySelector('.person-name');
    words.textContent = name;
    words.title = username;
    node.querySelector('.person-you').hidden = id !== this.#me;
    node.querySelector('.person-state').textContent = texts.people.state[state];
    return node;
  }

  #removeAllBut(people) {
    const ids = new Set(people.map(({ id }) => id));
    for (const id of this.#nodes.keys()) if (!ids.has(id)) this.#nodes.delete(id);
  }
}

export class TypingView {
  #line;

  /** `line` is not a live region: it changes too often to be read out. */
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

/** A right-to-left name must not change the order of the sentence. */
function isolated(name) {
  const node = document.createElement('bdi');
  node.textContent = name;
  return node;
}

function setText(node, words) {
  if (node.textContent !== words) node.textContent = words;
}
