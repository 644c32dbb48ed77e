/**
 * What is around the log of a room in the page: its title, topic and buttons, and in place of the composer what prevents
 * writing, with a way out. Decides nothing.
 */

import { LOBBY, titleOf } from './room-names.js';
import { roomTexts } from './room-texts.js';

export class RoomFrame {
  #element;
  #me;
  #room = null;

  /** `element` is the room's, as in `room.html`; `me` is the id of the user. */
  constructor({ element, me }) {
    this.#element = element;
    this.#me = me;
  }

  /** The room that is shown. */
  get room() {
    return this.#room;
  }

  /** Shows a room as the server describes it. The number of its members may be unknown. */
  show(room) {
    this.#room = { ...room, member_count: room.member_count ?? this.#room?.member_count };
    const { id, kind, archived, role } = room;
    const title = titleOf(room, this.#me);
    Object.assign(this.#element.dataset, { kind, access: accessTo(room) });
    this.#element.toggleAttribute('data-lobby', id === LOBBY);
    setText(this.#find('.room-name'), title);
    this.#find('.room-sign').dataset.kind = kind;
    setText(this.#find('.room-kind'), roomTexts.kind(room));
    setText(this.#find('.room-about'), roomTexts.about({ ...this.#room, isForAll: id === LOBBY }));
    setText(this.#find('.room-bar-words'), roomTexts.bar(room) ?? '');
    this.#find('.room-join').hidden = role !== null || archived;
    this.#find('.room-restore').hidden = !(archived && role === 'owner');
    this.#find('.message-input').placeholder = roomTexts.placeholder(title);
  }

  /** Moves the focus to the title, which a screen reader reads then. */
  focus() {
    this.#find('.room-title').focus();
  }

  #find(css) {
    return this.#element.querySelector(css);
  }
}

/** Returns `member`, or why nobody can write: `archived`, or `visitor` for a user who is not in the room. */
function accessTo({ archived, role }) {
  if (archived) return 'archived';
  return role === null ? 'visitor' : 'member';
}

function setText(node, words) {
  if (node.textContent !== words) node.textContent = words;
}
