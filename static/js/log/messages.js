/**
 * The known messages of a log, in order, each once. Does not know the gaps between them.
 */

import { firstIndex } from './binary-search.js';

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

/** An entry that cannot be shown is skipped: it must not prevent others from being shown. */
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
