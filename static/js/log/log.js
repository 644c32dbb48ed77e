/**
 * What this page knows of a room's log: its messages in order, and which numbers are known at all, as spans with gaps
 * between. Entries go in as they come, doubled, early or late. What is known is bounded: what is far from the reader is
 * forgotten, since the log has it. Knows no page, asks nobody.
 */

import { Messages } from './messages.js';
import { Spans } from './spans.js';

/** More early entries than this are not held: the log has them, and will be asked. */
const MAX_EARLY = 1_000;

/** More messages than this are not kept. */
const MOST_KNOWN = 20_000;

export class RoomLog {
  #room;
  #spans;
  #messages;
  #end;
  #start = 1;
  #early = new Map();
  #mostKnown;

  /** `coveredTo` and `lastSeq` are those of the page of messages that stands there already. */
  constructor({ room, coveredTo, lastSeq, messages = [], mostKnown = MOST_KNOWN }) {
    this.#room = room;
    this.#spans = new Spans(Math.max(coveredTo, 1), lastSeq);
    this.#messages = new Messages(messages);
    this.#end = lastSeq;
    this.#mostKnown = mostKnown;
  }

  /** The known messages, in order. Not to be changed from outside. */
  get messages() {
    return this.#messages.all;
  }

  /** Nothing is known before this number … */
  get first() {
    return this.#spans.first.from;
  }

  /** … nor after this one. */
  get last() {
    return this.#spans.last.to;
  }

  /** How many entries there are after the last one. */
  get missing() {
    return this.#end - this.last;
  }

  /** Whether there are entries that did not come. */
  get isBehind() {
    return this.missing > 0;
  }

  /** Whether there is nothing older. */
  get startReached() {
    return this.first <= this.#start;
  }

  /** The index of the first known message with this number or a later one. */
  indexOf(seq) {
    return this.#messages.indexOf(seq);
  }

  /** The gap right before the message at an index, as `{ id, after, before }`, both known numbers; null without. */
  gapBefore(index) {
    const message = this.messages[index];
    const span = message === undefined ? null : this.#spans.holding(message.seq);
    const earlier = span && this.#spans.before(span);
    if (!earlier || (index > 0 && this.messages[index - 1].seq >= span.from)) return null;
    return { id: span.id, after: earlier.to, before: span.from };
  }

  /** Whether everything after a number is known, up to the last one. */
  isWholeAfter(seq) {
    return this.#spans.last.from <= seq + 1;
  }

  /** The known message of a sender under an id, or undefined. */
  find(sender, id) {
    return this.messages.findLast((message) => message.id === id && message.sender?.id === sender);
  }

  /** Takes entries that came by themselves. Returns the messages that are new and in their place now, in order. */
  hear(entries) {
    for (const entry of entries) {
      if (entry.room !== this.#room || !Number.isSafeInteger(entry.seq) || entry.seq <= this.last) continue;
      this.#end = Math.max(this.#end, entry.seq);
      if (this.#early.size < MAX_EARLY || entry.seq === this.last + 1) this.#early.set(entry.seq, entry);
    }
    return this.#takeEarly();
  }

  /** Takes the news of where the log ends. */
  hearEnd({ room, last_seq: lastSeq }) {
    if (room === this.#room) this.#end = Math.max(this.#end, lastSeq);
  }

  /** Takes a page read forward after a number. Returns the messages that were not known, in order. */
  acceptAfter({ messages, covered_to: coveredTo, last_seq: lastSeq }, after = this.last) {
    return this.#learn(after + 1, coveredTo, messages, lastSeq);
  }

  /** Takes a page read backward before a number. Returns the messages that were not known, in order. */
  acceptBefore({ messages, covered_to: coveredTo, last_seq: lastSeq }, before = this.first) {
    const isNothingOlder = coveredTo >= before;
    if (isNothingOlder && before <= this.first) this.#start = before;
    // What is older than the log keeps and still known here is as near as it gets.
    const from = isNothingOlder ? this.#knownBefore(before) + 1 : coveredTo;
    return this.#learn(from, before - 1, messages, lastSeq);
  }

  /** Takes the page at the log's end, wherever that is by now. Returns the messages that were not known, in order. */
  acceptEnd({ messages, covered_to: coveredTo, last_seq: lastSeq }) {
    return this.#learn(coveredTo, lastSeq, messages, lastSeq);
  }

  /** Forgets what is far from the reader, who is at an index, if too much is known. Never what is near the end. */
  forget(reader) {
    const part = Math.ceil(this.#mostKnown / 20);
    let index = reader;
    while (this.messages.length > this.#mostKnown) {
      const isNearEnd = index >= this.messages.length / 2;
      const at = isNearEnd ? 0 : this.messages.length - 2 * part;
      const from = isNearEnd ? this.first : this.messages[at].seq;
      this.#spans.forget(from, this.messages[at + part].seq - 1);
      this.#messages.remove(at, part);
      if (isNearEnd) index -= part;
    }
  }

  #learn(from, to, messages, lastSeq) {
    const before = this.last;
    this.#spans.add(from, to);
    this.#end = Math.max(this.#end, this.last, lastSeq);
    const held = this.#messages.put(messages.filter(({ seq }) => seq >= from && seq <= to));
    return this.last > before ? [...held, ...this.#takeEarly()] : held;
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
