/**
 * The rows of the list: messages, and the dividers between them, which are the headings of days, the line above the
 * unread messages, and gaps. Messages of one sender within a few minutes are grouped. Does not access the page.
 */

import * as texts from '../texts.js';

/** The maximum time between two messages of a group, as in `chat/src/page.rs`. */
const GROUP_INTERVAL_MS = 5 * 60_000;

/**
 * @typedef {object} Row
 * @property {string} key constant for a row: a message of the user keeps it when it is stored
 * @property {'message' | 'own' | 'day' | 'gap' | 'unread'} kind
 * @property {object} [entry] of a message
 * @property {object} [item] of an outbox item that is not stored
 * @property {boolean} [continues] whether it continues the group of the row before
 * @property {string} [words] of a day
 * @property {object} [gap] as `RoomLog.gapBefore` returns it
 */

/**
 * Returns the rows of the messages from index `from` to before index `to`, followed by those of the outbox `items`.
 * `unreadAfter` is the number after which the divider "New" is, or null.
 * @returns {Row[]}
 */
export function rowsOf({ log, from, to, items, me, unreadAfter, today = new Date() }) {
  const rows = [];
  const continuesLog = from > 0 && log.gapBefore(from) === null;
  let previous = continuesLog ? messageRow(log.messages[from - 1], me) : null;
  const add = (row) => {
    const dividers = [];
    if (previous === null || dayOf(previous) !== dayOf(row)) {
      dividers.push({ key: `day ${row.key}`, kind: 'day', words: texts.day(sentAt(row), today) });
    }
    if (row.isFirstUnread) dividers.push({ key: 'unread', kind: 'unread' });
    row.continues = dividers.length === 0 && areGrouped(previous, row);
    rows.push(...dividers, row);
    previous = row;
  };
  for (let index = from; index < to; index += 1) {
    const gap = log.gapBefore(index);
    if (gap !== null) {
      rows.push({ key: `gap ${gap.id}`, kind: 'gap', gap });
      previous = null;
    }
    add({ ...messageRow(log.messages[index], me), isFirstUnread: isFirstAfter(unreadAfter, log.messages, index) });
  }
  for (const item of items) add({ key: `own ${item.id}`, kind: 'own', item, sender: me });
  return rows;
}

/** Returns the row of a message. The key of the user's own one is its id, which it had before it had a number. */
export function messageRow(entry, me) {
  const key = entry.sender?.id === me.id ? `own ${entry.id}` : `seq ${entry.seq}`;
  return { key, kind: 'message', entry, sender: entry.sender };
}

function isFirstAfter(seq, messages, index) {
  return seq !== null && messages[index].seq > seq && (index === 0 || messages[index - 1].seq <= seq);
}

function areGrouped(previous, row) {
  const isSamePerson =
    row.sender !== null &&
    row.sender.id === previous.sender?.id &&
    row.sender.display_name === previous.sender.display_name;
  return isSamePerson && Math.abs(sentAt(row) - sentAt(previous)) <= GROUP_INTERVAL_MS;
}

const sentAt = ({ entry, item }) => new Date(entry === undefined ? item.writtenAt : entry.sent_at);

const dayOf = (row) => sentAt(row).toDateString();
