/**
 * How a screen reader announces new messages. The log is a live region, so that a few messages are read out themselves.
 * Many, and those that are not added to the page, are announced by their number in a live region that is not visible.
 */

import { schedule as scheduleTimer } from '../schedule.js';
import * as texts from '../texts.js';

/** More messages than this within the interval are a burst. */
const MAX_FEW = 5;
const BURST_INTERVAL_MS = 1_000;

/** A number is announced when no message arrived during the first time, at the latest after the second. */
const QUIET_DELAY_MS = 1_000;
const MAX_DELAY_MS = 5_000;

/** Long enough to be read out. A user who reads through the page later must not find the sentence. */
const SENTENCE_DURATION_MS = 5_000;

/** Decides for each render of the list how its new messages are announced. */
export class MessageAnnouncer {
  #me;
  #pane;
  #announcer;
  /** The messages that arrived since the last render. */
  #arrived = [];

  /** `say(sentence)` announces a sentence outside of the log; `pane` is the log as a live region. */
  constructor({ me, pane, say, schedule, announcer = new CountAnnouncer({ say, words: texts.newMessages, schedule }) }) {
    this.#me = me;
    this.#pane = pane;
    this.#announcer = announcer;
  }

  /** Takes messages that arrived live. */
  messagesArrived(messages) {
    this.#arrived.push(...messages);
  }

  /** Takes messages that were read after an absence. `areMore`: there are others before them. */
  messagesMissed(messages, { areMore }) {
    this.#announcer.count(this.#ofOthers(messages), { areMore });
  }

  /** Announces that a message of the user failed. */
  messageFailed({ refusal }) {
    this.#announcer.say(texts.state.failed(texts.problem(refusal)));
  }

  /** Takes the rows that are being added to the list. Returns those of messages that just arrived. */
  announce(added) {
    const messages = added.filter(({ kind }) => kind === 'message' || kind === 'own');
    const fresh = messages.filter(({ kind, entry }) => kind === 'own' || this.#arrived.includes(entry));
    const areAllFresh = fresh.length > 0 && fresh.length === messages.length;
    const isInLog = areAllFresh && fresh.length >= this.#arrived.length && this.#pane.isSpeaking;
    const count = this.#ofOthers(this.#arrived);
    const isRead = count === 0 ? areAllFresh : this.#announcer.arrived(count, { isInLog });
    if (added.length > 0 && !isRead) this.#pane.silence();
    this.#arrived = [];
    return new Set(fresh);
  }

  #ofOthers(messages) {
    return messages.filter(({ sender }) => sender?.id !== this.#me.id).length;
  }
}

/** Announces a number of messages after a burst. */
export class CountAnnouncer {
  #say;
  #words;
  #now;
  #schedule;
  #recent = [];
  #unannounced = 0;
  #areMore = false;
  #unannouncedSince = 0;
  #lastAt = 0;
  #isPlanned = false;

  /** `say(sentence)` announces a sentence; `words(count, areMore)` returns the sentence. */
  constructor({ say, words, now = Date.now, schedule = scheduleTimer }) {
    this.#say = say;
    this.#words = words;
    this.#now = now;
    this.#schedule = schedule;
  }

  /** Takes the number of messages that arrived. Returns whether the log reads them out itself; it can if `isInLog`. */
  arrived(count, { isInLog }) {
    const now = this.#now();
    this.#recent = this.#recent.filter((at) => now - at < BURST_INTERVAL_MS);
    for (let i = 0; i < count && this.#recent.length <= MAX_FEW; i += 1) this.#recent.push(now);
    const areFew = this.#recent.length <= MAX_FEW && this.#unannounced === 0;
    if (isInLog && areFew) return true;
    this.count(count);
    return false;
  }

  /** Takes the number of messages that the log does not read out. `areMore`: the number is a lower bound. */
  count(count, { areMore = false } = {}) {
    if (count === 0) return;
    this.#areMore ||= areMore;
    this.#lastAt = this.#now();
    if (this.#unannounced === 0) this.#unannouncedSince = this.#lastAt;
    this.#unannounced += count;
    this.#plan(QUIET_DELAY_MS);
  }

  /** Announces a sentence at once. */
  say(sentence) {
    this.#say(sentence);
  }

  #plan(ms) {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#schedule(ms, () => {
      this.#isPlanned = false;
      this.#announceOrWait();
    });
  }

  #announceOrWait() {
    const now = this.#now();
    const quietInMs = this.#lastAt + QUIET_DELAY_MS - now;
    const latestInMs = this.#unannouncedSince + MAX_DELAY_MS - now;
    if (quietInMs > 0 && latestInMs > 0) {
      this.#plan(Math.min(quietInMs, latestInMs));
      return;
    }
    this.#say(this.#words(this.#unannounced, this.#areMore));
    this.#unannounced = 0;
    this.#areMore = false;
  }
}

/** A live region that is not visible: a screen reader reads out what is put into it. */
export class LiveRegion {
  #element;
  #schedule;
  #cancel = () => {};

  constructor(element, { schedule }) {
    this.#element = element;
    this.#schedule = schedule;
  }

  say(sentence) {
    this.#cancel();
    this.#element.textContent = sentence;
    this.#cancel = this.#schedule(SENTENCE_DURATION_MS, () => (this.#element.textContent = ''));
  }
}
