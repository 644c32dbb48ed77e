/**
 * What a room is called and where it is: its title, its address, the people of a direct message. Does not access the page.
 */

import { roomTexts } from './room-texts.js';

/** The room that everybody is in. */
export const LOBBY = 'lobby';

const PATH = /^\/rooms\/([A-Za-z0-9-]{1,64})$/;
const KINDS = ['public', 'private', 'direct'];

/** Returns whether something is a room that this page can list. */
export const isListed = (room) => typeof room?.id === 'string' && KINDS.includes(room.kind);

/** Returns the other people of a direct message. `me` is the id of the user. */
export function othersIn({ people = [] }, me) {
  return people.filter(({ id }) => id !== me);
}

/** Returns the title of a room. That of a direct message is the names of the others in it. */
export function titleOf(room, me) {
  if (room.kind !== 'direct') return room.name ?? '';
  const others = othersIn(room, me);
  return others.length === 0 ? roomTexts.nobodyElse : others.map((person) => person.display_name).join(', ');
}

/** Returns the address of a room within the site. */
export const pathOf = (id) => (id === LOBBY ? '/' : `/rooms/${encodeURIComponent(id)}`);

/** Returns the id of the room at an address, or null for addresses of something else. */
export function roomAt(path) {
  return path === '/' ? LOBBY : (path.match(PATH)?.[1] ?? null);
}
