/**
 * What this page knows of a room's log: its messages in order, and which numbers are known, as spans with gaps between
 * them. Entries may arrive twice, early or late. The memory is bounded: messages far from the reader are forgotten,
 * because the server has them. Does not access the page and requests nothing.
 */

import { Messages, Spans } from './known-entries.js';

/** The maximum number of early entries. Others are requested later. */
const MAX_EARLY = 1_000;

/** The maximum number of known messages. */
const MAX_KNOWN = 20_000;

export class RoomLog {
  #spans;
  #messages;
  #end;
  #start = 1;
  /** The end of the log when it was opened. */
  #opened;
  #early = new Map();
  #maxKnown;

  /** `coveredTo` and `lastSeq` are those of the history page with these `messages`. */
  constructor({ coveredTo, lastSeq, messages = [], maxKnown = MAX_KNOWN }) {
    this.#spans = new Spans(Math.max(coveredTo, 1), lastSeq);
    this.#messages = new Messages(messages);
    this.#end = lastSeq;
    this.#opened = lastSeq;
    this.#maxKnown = maxKnown;
  }

  /** The known messages, in order. Read only. */
  get messages() {
    return this.#messages.all;
  }

  /** The first known number. */
  get first() {
    return this.#spans.first.from;
  }

  /** The last known number. */
  get last() {
    return this.#spans.last.to;
  }

  /** The number of entries after the last known one. */
  get missing() {
    return this.#end - this.last;
  }

  /** Whether there are entries after the last known one. */
  get isBehind() {
    return this.missing > 0;
  }

  /** Whether a page of the log is known: not only what arrived since it was opened. */
  get hasPage() {
    return this.first <= this.#opened || this.isStartKnown;
  }

  /** Whether the beginning of the log is known. */
  get isStartKnown() {
    return this.first <= this.#start;
  }

  /** Returns the index of the first known message with this number or a later one. */
  indexOf(seq) {
    return this.#messages.indexOf(seq);
  }

  /** Returns the gap before the message at an index as `{ id, after, before }`, both known numbers, or null. */
  gapBefore(index) {
    const message = this.messages[index];
    const span = message === undefined ? null : this.#spans.holding(message.seq);
    const earlier = span && this.#spans.before(span);
    if (!earlier || (index > 0 && this.messages[index - 1].seq >= span.from)) return null;
    return { id: span.id, after: earlier.to, before: span.from };
  }

  /** Returns whether all entries from a number to the last known one are known. */
  isCompleteAfter(seq) {
    return this.#spans.last.from <= seq + 1;
  }

  /** Returns the known message of a sender with an id, or undefined. */
  find(sender, id) {
    return this.messages.findLast((message) => message.id === id && message.sender?.id === sender);
  }

  /** Takes live entries. Returns the messages that became known, in order: early ones wait for those before them. */
  receive(entries) {
    for (const entry of entries) {
      if (!Number.isSafeInteger(entry.seq) || entry.seq <= this.last) continue;
      this.#end = Math.max(this.#end, entry.seq);
      if (this.#early.size < MAX_EARLY || entry.seq === this.last + 1) this.#early.set(entry.seq, entry);
    }
    return this.#takeEarly();
  }

  /** Takes the number of the log's last entry. */
  receiveTip({ last_seq: lastSeq }) {
    this.#end = Math.max(this.#end, lastSeq);
  }

  /** Takes a history page after a number. Returns the messages that were not known, in order. */
  acceptAfter({ messages, covered_to: coveredTo, last_seq: lastSeq }, after = this.last) {
    return this.#accept(after + 1, coveredTo, messages, lastSeq);
  }

  /** Takes a history page before a number. Returns the messages that were not known, in order. */
  acceptBefore({ messages, covered_to: coveredTo, last_seq: lastSeq }, before = this.first) {
    const isNothingOlder = coveredTo >= before;
    if (isNothingOlder && before <= this.first) this.#start = before;
    // Messages that the server no longer has may still be known: there is no gap to fill after them.
    const from = isNothingOlder ? this.#knownBefore(before) + 1 : coveredTo;
    return this.#accept(from, before - 1, messages, lastSeq);
  }

  /** Takes the newest history page. Returns the messages that were not known, in order. */
  acceptNewest({ messages, covered_to: coveredTo, last_seq: lastSeq }) {
    return this.#accept(coveredTo, lastSeq, messages, lastSeq);
  }

  /** Forgets messages far from the reader, who is at an index, if too many are known. The newest ones remain. */
  forget(reader) {
    const part = Math.ceil(this.#maxKnown / 20);
    let index = reader;
    while (this.messages.length > this.#maxKnown) {
      const isNearEnd = index >= this.messages.length / 2;
      const at = isNearEnd ? 0 : this.messages.length - 2 * part;
      const from = isNearEnd ? this.first : this.messages[at].seq;
      this.#spans.forget(from, this.messages[at + part].seq - 1);
      this.#messages.remove(at, part);
      if (isNearEnd) index -= part;
    }
  }

  #accept(from, to, messages, lastSeq) {
    const before = this.last;
    this.#spans.add(from, to);
    this.#end = Math.max(this.#end, this.last, lastSeq);
    const added = this.#messages.put(messages.filter(({ seq }) => seq >= from && seq <= to));
    return this.last > before ? [...added, ...this.#takeEarly()] : added;
  }

  #takeEarly() {
    const taken = [];
    let last = this.last;
    while (this.#early.has(last + 1)) {
      last += 1;
      taken.push(this.#early.get(last));
    }
    this.#spans.add(last - taken.length + 1, last);
    for (const seq of this.#early.keys()) if (seq <= last) this.#early.delete(seq);
    return this.#messages.put(taken);
  }

  #knownBefore(seq) {
    const span = this.#spans.holding(seq);
    return (span && this.#spans.before(span)?.to) ?? seq - 1;
  }
}
