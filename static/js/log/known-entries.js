/**
 * What a `RoomLog` consists of: the known messages, and the known numbers. Does not access the page and
 * requests nothing.
 */

import { firstIndex } from './binary-search.js';

/** The known messages of a log, in order, each once. Does not know the gaps between them. */
export class Messages {
  #all;

  constructor(all) {
    this.#all = [...all];
  }

  /** All messages. Read only. */
  get all() {
    return this.#all;
  }

  /** Returns the index of the first message with this number or a later one. */
  indexOf(seq) {
    return firstIndex(this.#all, (message) => message.seq >= seq);
  }

  /** Adds entries. Returns the messages that were not known, in order. */
  put(entries) {
    // Entries of other kinds have a number in the log, but nothing to show.
    const messages = entries.filter(isMessage).sort((a, b) => a.seq - b.seq);
    return messages.filter((message) => {
      const index = this.indexOf(message.seq);
      const isKnown = this.#all[index]?.seq === message.seq;
      // A known message is replaced if it was erased since.
      if (!isKnown || message.text === null) this.#all.splice(index, isKnown ? 1 : 0, message);
      return !isKnown;
    });
  }

  remove(index, count) {
    this.#all.splice(index, count);
  }
}

/**
 * @typedef {object} Span
 * @property {number} id constant while the span grows; also identifies the gap before the span
 * @property {number} from
 * @property {number} to `from - 1` in an empty span
 */

/** The known numbers of a log: contiguous spans in order, with gaps between them. Does not hold messages. */
export class Spans {
  #spans = [];
  #lastId = 0;

  constructor(from, to) {
    this.#spans.push(this.#create(from, to));
  }

  /** @returns {Span} */
  get first() {
    return this.#spans[0];
  }

  /** @returns {Span} */
  get last() {
    return this.#spans.at(-1);
  }

  /** Returns the span that contains a number, or null. */
  holding(number) {
    return this.#spans.find(({ from, to }) => from <= number && number <= to) ?? null;
  }

  /** Returns the span before another one, or null. */
  before(span) {
    return this.#spans[this.#spans.indexOf(span) - 1] ?? null;
  }

  /** Adds the numbers from one to another. Adjacent spans are merged and keep the id of the first. */
  add(from, to) {
    if (to < from) return;
    const met = this.#spans.filter((span) => span.from <= to + 1 && span.to >= from - 1);
    const whole = this.#create(Math.min(from, met[0]?.from ?? from), Math.max(to, met.at(-1)?.to ?? to));
    whole.id = met[0]?.id ?? whole.id;
    const earlier = this.#spans.filter((span) => span.to < from - 1);
    const later = this.#spans.filter((span) => span.from > to + 1);
    this.#spans = [...earlier, whole, ...later];
  }

  /** Removes the numbers from one to another. */
  forget(from, to) {
    this.#spans = this.#spans.flatMap((span) => {
      if (span.to < from || span.from > to) return [span];
      const parts = [];
      if (span.from < from) parts.push({ ...span, to: from - 1 });
      if (span.to > to) parts.push(this.#create(to + 1, span.to));
      return parts;
    });
  }

  #create(from, to) {
    this.#lastId += 1;
    return { id: this.#lastId, from, to };
  }
}

/** An entry that cannot be shown is skipped: it must not prevent others from being shown. */
function isMessage({ kind, id, sender, text, mentions, sent_at: sentAt }) {
  const isDated = typeof sentAt === 'string' && !Number.isNaN(Date.parse(sentAt));
  const isComplete = typeof id === 'string' && isDated && isPerson(sender) && isNullOrString(text);
  return kind === 'message' && isComplete && areMentions(mentions);
}

function isPerson(sender) {
  if (sender === null) return true;
  const { id, username, display_name: name } = sender ?? {};
  return [id, username, name].every((part) => typeof part === 'string');
}

function areMentions(mentions = []) {
  const isName = (each) => typeof each?.id === 'string' && typeof each.username === 'string';
  return Array.isArray(mentions) && mentions.every(isName);
}

const isNullOrString = (text) => text === null || typeof text === 'string';
