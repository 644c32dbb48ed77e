/**
 * The rooms in the page: makes the elements of a room when it is first shown, shows one at a time, and removes those that
 * were not shown for the longest time. Knows nothing about the server.
 */

import { RoomFrame } from './room-frame.js';

/** The maximum number of rooms in the page. Another one is opened again when it is needed. */
const MAX_OPEN = 8;

/** Attributes that refer to ids. */
const REFERENCES = ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for', 'list'];

/**
 * @typedef {object} OpenRoom
 * @property {HTMLElement} element
 * @property {HTMLElement} panel the one with its people
 * @property {object} room a `Room`
 * @property {object} frame a `RoomFrame`
 * @property {number} [scrollTop] how far the log was scrolled when it was hidden
 */

export class OpenRooms {
  #main;
  #panels;
  #templates;
  #me;
  #makeRoom;
  /** By id; the one that was shown last is the last. @type {Map<string, OpenRoom>} */
  #open = new Map();
  #shown = null;

  /**
   * `root` contains the elements of rooms and of their people; `templates` has those of a `room` and of `people`; `me` is the
   * id of the user. `makeRoom({element, panel, info})` returns the `Room` of new elements.
   */
  constructor({ root, templates, me, makeRoom }) {
    this.#main = root.querySelector('#main');
    this.#panels = root.querySelector('#members-panels');
    this.#templates = templates;
    this.#me = me;
    this.#makeRoom = makeRoom;
  }

  /** The id of the room that is shown, or null. */
  get shown() {
    return this.#shown;
  }

  /** Returns an open room, or undefined. */
  get(id) {
    return this.#open.get(id);
  }

  /** Takes over the room with which the page came. */
  adopt(info) {
    const element = this.#main.querySelector('.room');
    const panel = this.#panels.querySelector('.room-people');
    this.#add(info, element, panel);
    this.#shown = info.id;
  }

  /** Shows a room and hides the one before. Returns it. */
  show(info) {
    const open = this.#open.get(info.id) ?? this.#create(info);
    if (this.#shown === info.id) return open;
    this.hide();
    this.#shown = info.id;
    this.#open.delete(info.id);
    this.#open.set(info.id, open);
    open.element.hidden = false;
    open.panel.hidden = false;
    open.element.querySelector('.log').scrollTop = open.scrollTop ?? 0;
    open.room.show();
    for (const id of [...this.#open.keys()].slice(0, -MAX_OPEN)) this.close(id);
    return open;
  }

  /** Hides the room that is shown. */
  hide() {
    const open = this.#open.get(this.#shown);
    this.#shown = null;
    if (open === undefined) return;
    // A hidden element forgets how far it was scrolled.
    open.scrollTop = open.element.querySelector('.log').scrollTop;
    open.room.hide();
    open.element.hidden = true;
    open.panel.hidden = true;
  }

  /** Removes a room from the page. */
  close(id) {
    const open = this.#open.get(id);
    if (open === undefined) return;
    if (this.#shown === id) this.hide();
    this.#open.delete(id);
    open.room.close();
    open.element.remove();
    open.panel.remove();
  }

  #create(info) {
    const [element, panel] = [this.#templates.room, this.#templates.people].map(
      (template) => template.content.firstElementChild.cloneNode(true),
    );
    for (const part of [element, panel]) setOwnIds(part, info.id);
    element.dataset.room = info.id;
    element.toggleAttribute('data-loading', true);
    element.hidden = true;
    panel.hidden = true;
    this.#main.append(element);
    this.#panels.append(panel);
    return this.#add(info, element, panel);
  }

  #add(info, element, panel) {
    const frame = new RoomFrame({ element, me: this.#me });
    frame.show(info);
    const room = this.#makeRoom({ element, panel: panel.querySelector('.people'), info });
    const open = { element, panel, frame, room };
    this.#open.set(info.id, open);
    return open;
  }
}

/** Makes the ids inside of a cloned element different from those of other rooms. */
function setOwnIds(element, room) {
  const own = (id) => `${id}-${room}`;
  for (const node of [element, ...element.querySelectorAll('*')]) {
    if (node.id !== '') node.id = own(node.id);
    for (const name of REFERENCES) {
      const ids = node.getAttribute(name);
      if (ids !== null) node.setAttribute(name, ids.split(' ').map(own).join(' '));
    }
  }
}
