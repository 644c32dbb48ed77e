/**
 * Every English text that the script says, in one place. Nothing here knows the page.
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
const number = new Intl.NumberFormat('en');

export const you = 'You';
export const erased = 'Message deleted';

/** A user name, where it stands beside a display name. */
export const handle = (username) => `@${username}`;

/** When a message was sent, short and in the reader's zone. */
export const timeOfDay = (date) => clock.format(date);

/** The same to the second, with the day and the zone. */
export const exactTime = (date) => exact.format(date);

/** The heading of a day's messages. */
export function day(date, today = new Date()) {
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return 'Today';
  if (date.toDateString() === yesterday.toDateString()) return 'Yesterday';
  const year = date.getFullYear() === today.getFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year }).format(date);
}

/** Said of a message that would be lost with the page. */
const unkept = ' It could not be saved: keep this page open.';

/** What stands under a message of one's own. */
export const state = {
  sending: 'Sending…',
  waiting: (isKept) => `Waiting to be sent…${isKept ? '' : unkept}`,
  stored: 'Stored ✓',
  failed: (problem, isKept = true) => `Not sent: ${problem}${isKept ? '' : unkept}`,
};

/** What a refusal means to the one who wrote the message; the server's own words if the code is not known. */
export function problem(answer) {
  const { code, detail } = answer ?? {};
  const known = {
    invalid: 'there is something in it that cannot be sent.',
    too_long: 'it is too long.',
    id_reused: 'another message bears its number.',
    unknown_room: 'the room is not there.',
    unknown_outcome: 'it is not known whether it was stored.',
    rate_limited: 'too many messages at once.',
    overloaded: 'the server has too much to do.',
    unavailable: 'the server cannot store it now.',
  };
  return (Object.hasOwn(known, code) ? known[code] : detail) ?? 'the server refused it.';
}

export const composer = {
  tooLong: (count, most) => `That is ${number.format(count)} characters; a message has at most ${number.format(most)}.`,
  control: ({ code, line, column }) =>
    `A control character cannot be sent: U+${code.toString(16).toUpperCase().padStart(4, '0')} ` +
    `in line ${number.format(line)}, character ${number.format(column)}.`,
};

export const counter = {
  seen: (count, most) => `${number.format(count)} of ${number.format(most)}`,
  said: (count, most) =>
    count > most ? 'Too long to send.' : `${number.format(most - count)} ${plural(most - count, 'character')} left.`,
};

/** Each sentence with what is read out besides, in place of the running seconds. */
export const banner = {
  connecting: 'Connecting…',
  lost: 'Connection lost.',
  refused: {
    tabs: 'Natter is open in too many tabs or programs. Close one, and this one goes on by itself.',
    room: 'The server has no room for one more connection.',
  },
  lostAside: ' What you write is kept; it tries again by itself.',
  countdown: (seconds) => `Trying again in ${number.format(seconds)} s; what you write is kept.`,
  trying: 'Trying again now; what you write is kept.',
  offline: 'This device is offline. What you write is kept, and sent when it is online again.',
  back: 'Connected again.',
  signedOut: 'You are signed out.',
  signedOutUnsent: 'You are signed out. What was not sent is kept here: log in again to send it.',
  broken: 'The chat could not be loaded. Please reload the page.',
};

/** Who is there. A number may be a lower bound: not everybody is named. */
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
  everyone: (count) => `Everyone, ${number.format(count)} ${count === 1 ? 'person' : 'people'}`,
  state: { here: 'here', away: 'away' },
};

/** The words around the names of those who type; of more than two nobody is named. */
export function typing(count) {
  if (count === 0) return [''];
  if (count === 1) return ['', ' is typing…'];
  return count === 2 ? ['', ' and ', ' are typing…'] : ['Several people are typing…'];
}

export const unreadTitle = (count, title) => `(${number.format(count)}) ${title}`;

/** What the desktop tells of so many messages, of which this is the newest. */
export function notification(count, { sender, text }, most) {
  const words = cut(text, most);
  if (count === 1) return { title: sender.display_name, body: words };
  return { title: `${number.format(count)} new messages`, body: `${sender.display_name}: ${words}` };
}

/** What stands beside the button for notifications. */
export const notify = {
  on: 'On while you look elsewhere.',
  off: '',
  denied: 'Your browser blocks them here; its settings for this site can allow them.',
  insecure: 'Browsers show them only for addresses that begin with https, or on localhost.',
  missing: 'This browser cannot show them here.',
};

/** How many messages came. There may be more than those that are known. */
export function news(count, areMore) {
  if (areMore) return `More than ${number.format(count)} new messages`;
  return `${number.format(count)} new ${plural(count, 'message')}`;
}

/** What stands on the button to the end. */
export const toEnd = {
  newest: 'To the newest',
  unread: news,
};

/** Below a tall text. */
export const fold = {
  all: 'Show all',
  less: 'Show less',
};

export const unreadLine = 'New';

export const gap = {
  words: 'Earlier messages not loaded yet.',
  load: 'Load them',
  loading: 'Loading…',
  failed: 'Earlier messages could not be loaded: the server did not answer.',
};

export const older = {
  loading: 'Loading earlier messages…',
  start: 'This is where the Lobby begins.',
};

export const logOut = {
  failed: 'That did not work. Please try again.',
  unsent: (count) =>
    `${number.format(count)} ${count === 1 ? 'message has' : 'messages have'} not been sent. ` +
    `Logging out deletes ${count === 1 ? 'it' : 'them'} from this browser.`,
};

const plural = (count, word) => (count === 1 ? word : `${word}s`);

function cut(text, most) {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}
