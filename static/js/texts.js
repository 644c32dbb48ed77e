/**
 * Every English text of the scripts. Does not access the page.
 */

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const { hour12 } = clock.resolvedOptions();
const exact = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
  hour12,
});
export const number = new Intl.NumberFormat('en');

/** A number of unread messages or mentions. Those of the server end at 100. */
export const shownCount = (count) => (count > 99 ? '99+' : String(count));

export const you = 'You';
export const erased = 'Message deleted';

/** A user name beside a display name. */
export const handle = (username) => `@${username}`;

/** The time of a message, short and in the reader's time zone. */
export const timeOfDay = (date) => clock.format(date);

/** The time of a message to the second, with the day and the time zone. */
export const exactTime = (date) => exact.format(date);

/** The heading of a day's messages. */
export function day(date, today = new Date()) {
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return 'Today';
  if (date.toDateString() === yesterday.toDateString()) return 'Yesterday';
  const year = date.getFullYear() === today.getFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year }).format(date);
}

/** Added to the state of a message that would be lost with the page. */
const notSaved = ' It could not be saved: keep this page open.';

/** The state below a message of the user. */
export const state = {
  sending: 'Sending…',
  waiting: (isSaved) => `Waiting to be sent…${isSaved ? '' : notSaved}`,
  stored: 'Stored ✓',
  failed: (problem, isSaved = true) => `Not sent: ${problem}${isSaved ? '' : notSaved}`,
};

/** Why the server refused a message; its own words if the code is unknown. */
export function problem(answer) {
  const { code, detail } = answer ?? {};
  const known = {
    invalid: 'it contains something that cannot be sent.',
    too_long: 'it is too long.',
    id_reused: 'another message has the same id.',
    unknown_room: 'the room does not exist, or you are no longer in it.',
    forbidden: 'you are not a member of the room.',
    archived: 'the room is archived.',
    unknown_outcome: 'it is unknown whether it was stored.',
    rate_limited: 'too many messages at once.',
    overloaded: 'the server is overloaded.',
    unavailable: 'the server cannot store it now.',
  };
  return (Object.hasOwn(known, code) ? known[code] : detail) ?? 'the server refused it.';
}

export const composer = {
  tooLong: (count, max) => `The message has ${number.format(count)} characters; the maximum is ${number.format(max)}.`,
  control: ({ code, line, column }) =>
    `A control character cannot be sent: U+${code.toString(16).toUpperCase().padStart(4, '0')} ` +
    `in line ${number.format(line)}, character ${number.format(column)}.`,
};

export const counter = {
  visible: (count, max) => `${number.format(count)} of ${number.format(max)}`,
  announced: (count, max) =>
    count > max ? 'Too long to send.' : `${number.format(max - count)} ${plural(max - count, 'character')} left.`,
};

/** The sentences of the banner, with an addition for screen readers in place of the countdown. */
export const banner = {
  connecting: 'Connecting…',
  lost: 'Connection lost.',
  rejected: {
    tabs: 'Natter is open in too many tabs or programs. Close one, and this one reconnects automatically.',
    capacity: 'The server has too many connections.',
  },
  lostAside: ' What you write is kept. Natter reconnects automatically.',
  countdown: (seconds) => `Trying again in ${number.format(seconds)} s. What you write is kept.`,
  retrying: 'Trying again now. What you write is kept.',
  offline: 'This device is offline. What you write is kept, and sent when it is online again.',
  reconnected: 'Connected again.',
  signedOut: 'You are signed out.',
  signedOutUnsent: 'You are signed out. Unsent messages are kept here: log in again to send them.',
  broken: 'The chat could not be loaded. Please reload the page.',
};

/** Who is in the room. A number with a plus is a lower bound: not everybody is named. */
export const people = {
  number: (count, isMore) => number.format(count) + (isMore ? '+' : ''),
  now: {
    here: (count) => `Here now, ${count}`,
    hereShort: (count) => `${count} here`,
    away: (count) => `Away, ${number.format(count)}`,
  },
  lastSeen: {
    here: (count) => `Here when last seen, ${count}`,
    hereShort: (count) => `${count} last seen`,
    away: (count) => `Away when last seen, ${number.format(count)}`,
  },
  more: (count) => `and ${number.format(count)} more`,
  state: { here: 'here', away: 'away' },
  found: (count) => `${number.format(count)} ${count === 1 ? 'person' : 'people'}`,
};

/** The words around the names of those who are typing. More than two are not named. */
export function typing(count) {
  if (count === 0) return [''];
  if (count === 1) return ['', ' is typing…'];
  return count === 2 ? ['', ' and ', ' are typing…'] : ['Several people are typing…'];
}

export const pageTitle = (room) => `${room} – Natter`;

export const unreadTitle = (count, title) => `(${shownCount(count)}) ${title}`;

/** A desktop notification of a number of messages in a room, and the newest of them. A direct message has no name. */
export function notification(count, { sender, text }, { id, name }, maxChars) {
  const words = shorten(text, maxChars);
  const place = name === null || id === 'lobby' ? '' : ` in ${name}`;
  if (count === 1) return { title: `${sender.display_name}${place}`, body: words };
  return { title: `${number.format(count)} new messages${place}`, body: `${sender.display_name}: ${words}` };
}

/** The note beside the button for notifications. */
export const notify = {
  on: 'On while this page is in the background.',
  off: '',
  denied: 'Blocked by your browser. Its settings for this site can allow them.',
  insecure: 'Browsers show notifications only for https addresses and on localhost.',
  missing: 'This browser cannot show notifications here.',
};

/** A number of new messages, which may be a lower bound. */
export function newMessages(count, areMore) {
  if (areMore) return `More than ${number.format(count)} new messages`;
  return `${number.format(count)} new ${plural(count, 'message')}`;
}

export const jumpToLatest = 'Jump to latest';
export const jumpToUnread = 'First unread';

/** What one can do with a message. */
export const message = {
  menu: 'Message actions',
  copy: 'Copy text',
  markUnread: 'Mark unread from here',
  mention: (name) => `Mention ${name}`,
  direct: (name) => `Message ${name}`,
};

/** The list of people that appears while a name is typed. */
export const completion = {
  label: 'People',
  count: (count) => `${number.format(count)} ${count === 1 ? 'person' : 'people'}: arrow keys choose, Enter takes.`,
};

/** The button below a long text. */
export const collapse = {
  all: 'Show all',
  less: 'Show less',
};

export const unreadDivider = 'New';

export const gap = {
  words: 'Earlier messages are not loaded yet.',
  load: 'Load them',
  loading: 'Loading…',
  failed: 'Earlier messages could not be loaded: the server did not answer.',
};

export const backfill = {
  loading: 'Loading earlier messages…',
  start: 'This is the beginning of the room.',
};

export const logOut = {
  failed: 'Logging out failed. Please try again.',
  unsent: (count) =>
    `${number.format(count)} ${count === 1 ? 'message has' : 'messages have'} not been sent. ` +
    `Logging out deletes ${count === 1 ? 'it' : 'them'} from this browser.`,
};

/** A word with its plural. */
export const plural = (count, word) => (count === 1 ? word : `${word}s`);

function shorten(text, maxChars) {
  const characters = [...text];
  return characters.length > maxChars ? `${characters.slice(0, maxChars - 1).join('')}…` : text;
}
