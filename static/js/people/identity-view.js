/**
 * How the page shows who a person is: avatar, user name, and the reader's own name in the corner.
 */

import { initials, tint } from './avatars.js';
import * as texts from '../texts.js';

/** Fills an avatar with the person's initials and colour. */
export function fillAvatar(avatar, { username, display_name: name }) {
  avatar.textContent = initials(name);
  avatar.dataset.tint = tint(username);
}

/** Shows a user name after the element of a display name, or none for null. Returns whether that changed the page. */
export function fillHandle(name, username) {
  const next = name.nextElementSibling;
  const handle = next?.classList.contains('handle') ? next : null;
  const words = username === null ? '' : texts.handle(username);
  if ((handle?.textContent ?? '') === words) return false;
  handle?.remove();
  if (words !== '') name.after(' ', createHandle(words));
  return true;
}

function createHandle(words) {
  const handle = document.createElement('bdi');
  handle.className = 'handle';
  handle.textContent = words;
  return handle;
}

/** The reader's own name, which another tab or a program may change while the page is open. */
export class OwnName {
  #me;
  #name;
  #avatars;

  /** `me` is the one object that all parts of the page share; `name` and `avatars` are the elements that show it. */
  constructor({ me, name, avatars }) {
    this.#me = me;
    this.#name = name;
    this.#avatars = avatars;
    this.#render();
  }

  /** Takes the reader's current name from a list of people, if it is in there. */
  update(people) {
    const name = people.find(({ id }) => id === this.#me.id)?.display_name;
    if (name === undefined || name === this.#me.display_name) return;
    this.#me.display_name = name;
    this.#render();
  }

  #render() {
    this.#name.textContent = this.#me.display_name;
    for (const avatar of this.#avatars) fillAvatar(avatar, this.#me);
  }
}
