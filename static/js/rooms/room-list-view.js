/**
 * Shows the list of rooms: those that the user is in, direct messages and archived rooms, with what is unread. Fills the
 * page's `<template>` for a room, by text alone. Decides nothing.
 */

import { fillAvatar } from '../people/identity-view.js';
import { othersIn, pathOf, titleOf } from './room-names.js';
import { roomTexts } from './room-texts.js';

export class RoomListView {
  #lists;
  #archive;
  #template;
  #me;
  #isHere;
  #items = new Map();

  /**
   * `root` contains the lists `rooms`, `direct` and `archived`; `template` is that of a room; `me` is the id of the user;
   * `isHere(userId)` returns whether a person is here.
   */
  constructor({ root, template, me, isHere }) {
    const list = (name) => root.querySelector(`[data-list="${name}"]`);
    this.#lists = { rooms: list('rooms'), direct: list('direct'), archived: list('archived') };
    this.#archive = this.#lists.archived.closest('details');
    this.#template = template;
    this.#me = me;
    this.#isHere = isHere;
    for (const item of root.querySelectorAll('.room-item')) {
      this.#items.set(item.querySelector('.room-link').dataset.room, item);
    }
  }

  /** Shows rooms in their order. `shown` is the id of the open one. */
  show(rooms, shown) {
    const ids = new Set(rooms.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (ids.has(id)) continue;
      this.#items.delete(id);
      item.remove();
    }
    for (const [name, list] of Object.entries(this.#lists)) {
      this.#fillList(list, rooms.filter((room) => listOf(room) === name), shown);
    }
    this.#archive.hidden = this.#lists.archived.childElementCount === 0;
  }

  /** Moves the focus to the link of a room, or to the first one. */
  focus(id) {
    const item = this.#items.get(id) ?? this.#lists.rooms.firstElementChild;
    const details = item?.closest('details');
    if (details) details.open = true;
    item?.querySelector('.room-link').focus();
  }

  /** An item that is at the right place is not moved: it would lose the focus. */
  #fillList(list, rooms, shown) {
    let next = list.firstElementChild;
    for (const room of rooms) {
      const item = this.#itemOf(room, shown);
      if (item === next) next = next.nextElementSibling;
      else list.insertBefore(item, next);
    }
  }

  #itemOf(room, shown) {
    const item = this.#items.get(room.id) ?? this.#template.content.firstElementChild.cloneNode(true);
    this.#items.set(room.id, item);
    const link = item.querySelector('.room-link');
    if (link.dataset.room !== room.id) Object.assign(link, { href: pathOf(room.id) });
    Object.assign(link.dataset, { room: room.id, kind: room.kind });
    if (room.id === shown) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    link.toggleAttribute('data-unread', room.unread > 0 && room.notify !== 'none');
    setText(link.querySelector('.room-link-name'), titleOf(room, this.#me));
    const isHere = fillSign(link.querySelector('.room-sign'), room, othersIn(room, this.#me), this.#isHere);
    fillBadge(link.querySelector('.badge'), room);
    setText(link.querySelector('.room-note'), roomTexts.note(room, isHere));
    return item;
  }
}

/** Returns the list to which a room belongs. */
function listOf({ kind, archived }) {
  if (archived) return 'archived';
  return kind === 'direct' ? 'direct' : 'rooms';
}

/** A direct message has the avatar of the other person, or the number of the others. Returns whether that person is here. */
function fillSign(sign, room, others, isHere) {
  sign.dataset.kind = room.kind;
  if (room.kind !== 'direct') return false;
  const isOne = others.length === 1;
  const isOtherHere = isOne && isHere(others[0].id);
  const key = isOne ? `${others[0].username} ${others[0].display_name}` : String(others.length);
  sign.toggleAttribute('data-here', isOtherHere);
  if (sign.dataset.key === key) return isOtherHere;
  sign.dataset.key = key;
  if (isOne) fillAvatar(sign, others[0]);
  else sign.textContent = others.length;
  return isOtherHere;
}

/** Mentions, and all messages of a direct message, are more urgent than other unread messages. */
function fillBadge(badge, { kind, unread, mentions }) {
  const isForMe = mentions > 0;
  badge.hidden = unread === 0 && !isForMe;
  badge.toggleAttribute('data-urgent', isForMe);
  setText(badge, badge.hidden ? '' : roomTexts.badge({ kind, unread, mentions }));
}

function setText(node, words) {
  if (node.textContent !== words) node.textContent = words;
}
