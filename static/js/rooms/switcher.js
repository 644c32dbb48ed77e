/**
 * What the quick switcher offers for a text: rooms of the user, public rooms and people, the best first. Does not access
 * the page and requests nothing.
 */

import { titleOf } from './room-names.js';

/** The maximum number of offers. */
export const MAX_OFFERS = 30;

/** How well a name fits, the best first. */
const FITS = ['begins', 'word begins', 'contains'];

/**
 * @typedef {object} Offer
 * @property {'room' | 'public' | 'person'} kind
 * @property {string} key
 * @property {string} title
 * @property {object} [room]
 * @property {object} [person]
 */

/**
 * Returns the offers for a text. `rooms` are those of the user, `recent` the ids of those that were shown last, the newest
 * first; `found` has the `public` rooms and the `people` that the server found. `me` is the user.
 * @returns {Offer[]}
 */
export function offersFor(text, { rooms, recent = [], found = {}, me }) {
  const wanted = fold(text.trim());
  const own = rooms.map((room) => ({ kind: 'room', key: `room ${room.id}`, title: titleOf(room, me.id), room }));
  if (wanted === '') return own.sort((a, b) => urgency(a, recent) - urgency(b, recent)).slice(0, MAX_OFFERS);
  const others = (found.public ?? []).map((room) => ({ kind: 'public', key: `room ${room.id}`, title: room.name, room }));
  const people = (found.people ?? []).filter(({ id }) => id !== me.id).map(personOffer);
  const known = new Set();
  const isNew = ({ key }) => !known.has(key) && known.add(key);
  const fitting = [...own, ...others, ...people].map((offer) => ({ offer, fit: fitOf(offer, wanted) }));
  return fitting
    .filter(({ fit, offer }) => fit >= 0 && isNew(offer))
    .sort((a, b) => a.fit - b.fit || order(a.offer) - order(b.offer) || a.offer.title.length - b.offer.title.length)
    .map(({ offer }) => offer)
    .slice(0, MAX_OFFERS);
}

const personOffer = (person) => ({ kind: 'person', key: `person ${person.id}`, title: person.display_name, person });

const order = ({ kind }) => ['room', 'public', 'person'].indexOf(kind);

/** Mentions first, then unread, then rooms that were shown before, then the others. */
function urgency({ room }, recent) {
  if (room.mentions > 0) return 0;
  if (room.unread > 0 && room.notify !== 'none') return 1;
  const at = recent.indexOf(room.id);
  return at < 0 ? 2 + recent.length : 2 + at;
}

/** Returns the index of how the title, or a user name, fits the wanted text, or -1. */
function fitOf({ title, person, room }, wanted) {
  const names = [title, person?.username, ...(room?.people ?? []).map(({ username }) => username)];
  const fits = names.filter(Boolean).map((name) => fitOfName(fold(name), wanted));
  const found = fits.filter((fit) => fit >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}

function fitOfName(name, wanted) {
  if (name.startsWith(wanted)) return FITS.indexOf('begins');
  const at = name.indexOf(wanted);
  if (at < 0) return -1;
  const isWord = name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted));
  return FITS.indexOf(isWord ? 'word begins' : 'contains');
}

const fold = (name) => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
