/**
 * Shows who is here and who is away, in the side and in the room's header: fills the page's one `<template>` for a
 * person, by text alone. Its changes are not read out. Decides nothing about who is where.
 */

import { fillHandle } from './handle-view.js';
import { fillFace } from '../log/message-view.js';
import * as texts from '../texts.js';

export class PeopleView {
  #find;
  #template;
  #me;
  #names;
  #nodes = new Map();

  /** `find(name)` returns a part of the room by its class; `template` is a person's; `me` is the reader's id. */
  constructor({ find, template, me, names }) {
    this.#find = find;
    this.#template = template;
    this.#me = me;
    this.#names = names;
  }

  /** Shows the people of a `Presence` that has been told, which may be as they were last seen only. */
  show({ here, away, count, unnamed, isLive }) {
    const hereCount = texts.people.number(here.length, unnamed > 0 && away.length === 0);
    const { here: hereWords, away: awayWords, hereShort } = isLive ? texts.people.now : texts.people.lastSeen;
    this.#say('here-title', hereWords(hereCount));
    this.#say('away-title', awayWords(away.length));
    this.#say('people-more', unnamed > 0 ? texts.people.more(unnamed) : '');
    this.#say('room-about', texts.people.everyone(count));
    this.#say('here-count', hereShort(hereCount));
    this.#fill('people-here', here);
    this.#fill('people-away', away);
    this.#find('away').hidden = away.length === 0;
    this.#find('people').hidden = false;
    this.#find('people').toggleAttribute('data-last-seen', !isLive);
    this.#forgetAllBut([...here, ...away]);
  }

  #say(name, words) {
    const node = this.#find(name);
    if (node.textContent !== words) node.textContent = words;
  }

  /** What stands at its place is not moved, lest a screen reader lose its place. */
  #fill(name, people) {
    const list = this.#find(name);
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
    const node = this.#nodes.get(id) ?? this.#template.content.firstElementChild.cloneNode(true);
    this.#nodes.set(id, node);
    fillHandle(node.querySelector('.person-name'), this.#names.isDoubtful(person) ? username : null);
    if (node.dataset.name === name && node.dataset.state === stateOf(away)) return node;
    Object.assign(node.dataset, { id, name, state: stateOf(away) });
    fillFace(node.querySelector('.avatar'), person);
    const words = node.querySelector('.person-name');
    words.textContent = name;
    words.title = username;
    node.querySelector('.person-you').hidden = id !== this.#me;
    node.querySelector('.person-state').textContent = texts.people.state[stateOf(away)];
    return node;
  }

  #forgetAllBut(people) {
    const ids = new Set(people.map(({ id }) => id));
    for (const id of this.#nodes.keys()) if (!ids.has(id)) this.#nodes.delete(id);
  }
}

const stateOf = (away) => (away ? 'away' : 'here');
