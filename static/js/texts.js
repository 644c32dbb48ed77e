/**
 * Every English text that the script says, in one place. Nothing here knows the page.
 */

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long' });
const number = new Intl.NumberFormat('en');

export const you = 'You';
export const erased = 'Message deleted';

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
  return new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long', year }).format(date);
}

/** What stands under a message of one's own. */
export const state = {
  sending: 'Sending…',
  waiting: 'Waiting for the connection…',
  stored: 'Stored ✓',
  failed: (problem) => `Not sent: ${problem}`,
};

/** What a refusal means to the one who wrote the message; the server's own words if the code is not known. */
export function problem(answer) {
  const known = {
    too_long: 'it is too long.',
    id_reused: 'another message bears its number.',
    unknown_room: 'the room is not there.',
    unknown_outcome: 'it is not known whether it was stored.',
    rate_limited: 'too many messages at once.',
    overloaded: 'the server has too much to do.',
    unavailable: 'the server cannot store it now.',
  };
  return known[answer.code] ?? answer.detail ?? 'the server refused it.';
}

export const composer = {
  tooLong: (count, most) => `That is ${number.format(count)} characters; a message has at most ${number.format(most)}.`,
  control: 'There is a control character in it, which cannot be sent.',
};

export const banner = {
  connecting: 'Connecting…',
  lost: 'Connection lost. What you write is kept.',
  countdown: (seconds) => `Trying again in ${number.format(seconds)} s.`,
  trying: 'Trying again now…',
  signedOut: 'You are signed out.',
  broken: 'The chat could not be loaded. Please reload the page.',
};

export const older = {
  loading: 'Loading earlier messages…',
  start: 'This is where the Lobby begins.',
};

export const logOutFailed = 'That did not work. Please try again.';
