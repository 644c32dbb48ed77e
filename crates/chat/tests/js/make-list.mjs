// A list of rooms for the tests of what reads it: Ada has read ten entries of the lobby and of her direct messages with
// Grace.

import { RoomList } from '../../../../static/js/rooms/room-list.js';
import { ada, grace } from './helpers.mjs';
import * as rooms from './make-rooms.mjs';

const read = { last_seq: 10, read_seq: 10 };

export const lobby = (changes = {}) => rooms.publicRoom('lobby', 'Lobby', { ...read, ...changes });

export const direct = (changes = {}) => rooms.directRoom('direct', [ada, grace], { ...read, ...changes });

/** A list with these rooms. */
export const makeList = (...list) => new RoomList({ me: ada.id, rooms: list });
