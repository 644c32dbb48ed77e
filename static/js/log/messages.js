/**
 * The messages that are known of a log, in the order of their numbers, each once. Knows no gaps.
 */

import { firstIndex } from './first-index.js';

export class Messages {
  #all;

  constructor(all) {
    this.#all = [...all];
  }

  /** All of them. Not to be changed from outside. */
  get all() {
    return this.#all;
  }

  /** The index of the first one with this number or a later one. */
  indexOf(seq) {
    return firstIndex(this.#all, (message) => message.seq >= seq);
  }

  /** Puts entries in their places. Returns the messages that were not known, in order. */
  put(entries) {
    // Other kinds, known later, have their number in the log but are nothing to read.
    const messages = entries.filter(isMessage).sort((a, b) => a.seq - b.seq);
    return messages.filter((message) => {
      const index = this.indexOf(message.seq);
      const isKnown = this.#all[index]?.seq === message.seq;
      // One that was erased since it was first read is blank from now on.
      if (!isKnown || message.text === null) this.#all.splice(index, isKnown ? 1 : 0, message);
      return !isKnown;
    });
  }

  /** Takes some out. */
  remove(index, count) {
    this.#all.splice(index, count);
  }
}

/** What cannot be shown is none either: it must not keep all others from being shown. */
function isMessage({ kind, id, sender, text, sent_at: sentAt }) {
  const isDated = typeof sentAt === 'string' && !Number.isNaN(Date.parse(sentAt));
  return kind === 'message' && typeof id === 'string' && isDated && isPerson(sender) && isNullOrString(text);
}

function isPerson(sender) {
  if (sender === null) return true;
  const { id, username, display_name: name } = sender ?? {};
  return [id, username, name].every((part) => typeof part === 'string');
}

const isNullOrString = (text) => text === null || typeof text === 'string';
