/**
 * What stands in the list, row by row: messages, and the lines between them. A new day has a heading, the unread a line
 * above them, a gap another; messages of one sender that follow closely are joined. Knows no page.
 */

import * as texts from '../texts.js';

/** Messages of one sender with no more than this between them stand together. */
const JOIN_WITHIN_MS = 5 * 60_000;

/**
 * @typedef {object} Row
 * @property {string} key stays while the row does: a message of one's own keeps it when it is stored
 * @property {'message' | 'own' | 'day' | 'gap' | 'unread'} kind
 * @property {object} [entry] of a message
 * @property {object} [item] of one's own that is not stored
 * @property {boolean} [continues] whether it is joined to the one before
 * @property {string} [words] of a day
 * @property {object} [gap] as the log tells of it
 */

/**
 * The rows of a window on the log, which is from one index to before another, and after it those of one's own
 * `items`. `lineAfter` is the number after which the unread begin, or null.
 * @returns {Row[]}
 */
export function rowsOf({ log, from, to, items, me, lineAfter, today = new Date() }) {
  const rows = [];
  const isContinued = from > 0 && log.gapBefore(from) === null;
  let previous = isContinued ? messageRow(log.messages[from - 1], me) : null;
  const add = (row) => {
    const lines = [];
    if (previous === null || dayOf(previous) !== dayOf(row)) {
      lines.push({ key: `day ${row.key}`, kind: 'day', words: texts.day(sentAt(row), today) });
    }
    if (row.isFirstUnread) lines.push({ key: 'unread', kind: 'unread' });
    row.continues = lines.length === 0 && belongTogether(previous, row);
    rows.push(...lines, row);
    previous = row;
  };
  for (let index = from; index < to; index += 1) {
    const gap = log.gapBefore(index);
    if (gap !== null) {
      rows.push({ key: `gap ${gap.id}`, kind: 'gap', gap });
      previous = null;
    }
    add({ ...messageRow(log.messages[index], me), isFirstUnread: isFirstAfter(lineAfter, log.messages, index) });
  }
  for (const item of items) add({ key: `own ${item.id}`, kind: 'own', item, sender: me });
  return rows;
}

/** The row of a message of the log. One of one's own is named by its id, which it had before it had a number. */
export function messageRow(entry, me) {
  const key = entry.sender?.id === me.id ? `own ${entry.id}` : `seq ${entry.seq}`;
  return { key, kind: 'message', entry, sender: entry.sender };
}

function isFirstAfter(seq, messages, index) {
  return seq !== null && messages[index].seq > seq && (index === 0 || messages[index - 1].seq <= seq);
}

function belongTogether(previous, row) {
  const isSamePerson =
    row.sender !== null &&
    row.sender.id === previous.sender?.id &&
    row.sender.display_name === previous.sender.display_name;
  return isSamePerson && Math.abs(sentAt(row) - sentAt(previous)) <= JOIN_WITHIN_MS;
}

const sentAt = ({ entry, item }) => new Date(entry === undefined ? item.writtenAt : entry.sent_at);

const dayOf = (row) => sentAt(row).toDateString();
