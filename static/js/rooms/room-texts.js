/**
 * The English texts of the list of rooms, of what is around a room, and of its dialogs. Does not access the page.
 */

import { handle, number, people, plural, shownCount } from '../texts.js';

export const roomTexts = {
  nobodyElse: 'Only you',
  badge: ({ kind, unread, mentions }) => {
    if (kind === 'direct' || mentions === 0) return shownCount(unread);
    return `@ ${shownCount(mentions)}`;
  },
  /** What a screen reader reads after the name of a room in the list. */
  note: ({ kind, unread, mentions, archived }, isHere) => {
    const ofMe = mentions > 0 && kind !== 'direct';
    const notes = [
      kind === 'private' ? 'private' : '',
      archived ? 'archived' : '',
      isHere ? people.state.here : '',
      unread > 0 ? `${shownCount(unread)} unread` : '',
      ofMe ? `${shownCount(mentions)} ${plural(mentions, 'mention')} of you` : '',
    ].filter(Boolean);
    return notes.length === 0 ? '' : `(${notes.join(', ')})`;
  },
  kind: ({ kind }) => ({ public: '', private: 'Private room: ', direct: 'Direct message: ' })[kind],
  about: ({ kind, topic, member_count: count, isForAll }) => {
    if (isForAll && topic === '') return 'Everyone';
    if (kind === 'direct') return '';
    const members = count === undefined ? '' : `${number.format(count)} ${plural(count, 'member')}`;
    return [topic, members].filter(Boolean).join(topic.endsWith('.') ? ' ' : ' · ');
  },
  placeholder: (title) => `Message ${title}`,
  /** What stands in place of the composer. */
  bar: ({ archived, role }) => {
    if (archived) return 'This room is archived. Nobody can write here.';
    return role === null ? 'You can read this room. Join it to write, and to hear what is new.' : null;
  },
  unknown: { title: 'No such room', about: 'It does not exist, or you are not one of its members.' },
  removed: (name) => `${name} was removed.`,
  gone: { title: 'You are no longer in this room', about: 'You left it, or an owner removed you.' },
  noAnswer: { title: 'The room could not be loaded', about: 'The server did not answer. It is tried again when you are connected.' },
  problem: ({ code, detail }) => {
    if (code === 'no_answer') return 'The server did not answer. Please try again.';
    return detail === undefined ? 'The server refused it.' : sentence(detail);
  },
  buttonOf: (words, name) => `${words}: ${name}`,
  owner: 'owner',
  isMe: 'you',
  look: 'Look',
  join: 'Join',
  choose: 'Choose',
  unchoose: 'Do not write to',
  message: 'Message',
  makeOwner: 'Make owner',
  makeMember: 'Make member',
  remove: 'Remove',
  add: 'Add',
  added: (name) => `${name} was added.`,
  roleIs: (name, role) => (role === 'owner' ? `${name} is an owner now.` : `${name} is no longer an owner.`),
  membersOf: (title) => `Members of ${title}`,
  settingsOf: (title) => `Settings of ${title}`,
  tooManyChosen: (max) => `A direct message has at most ${number.format(max)} other people.`,
  foundRooms: (count) => (count === 0 ? 'No other public room was found.' : `${number.format(count)} ${plural(count, 'room')}`),
  foundPeople: (count) => (count === 0 ? 'Nobody was found.' : people.found(count)),
  foundMembers: (count) => (count === 0 ? 'No member was found.' : `${number.format(count)} ${plural(count, 'member')} shown`),
  foundOffers: (count) => (count === 0 ? 'Nothing was found.' : `${number.format(count)} found`),
  offerNote: ({ kind, room, person }) => {
    if (kind === 'person') return `${handle(person.username)} · direct message`;
    if (kind === 'public') return 'public room, not joined';
    const unread = room.unread > 0 ? `${shownCount(room.unread)} unread` : '';
    return [room.archived ? 'archived' : '', unread].filter(Boolean).join(' · ');
  },
  confirmRemove: (name) => ({ title: `Remove ${name}?`, about: 'They stop seeing this room at once.', go: 'Remove' }),
  confirmLeave: (kind) => ({
    title: 'Leave this room?',
    about: kind === 'private' ? 'Only a member can add you again.' : 'You can join it again at any time.',
    go: 'Leave',
  }),
  confirmArchive: {
    title: 'Archive this room?',
    about: 'Its members can still read it, but nobody can write until an owner restores it.',
    go: 'Archive',
  },
};

const sentence = (words) => `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
