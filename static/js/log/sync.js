/**
 * Keeps the known log complete at its end, and reads other parts of it on request. Returns what became known. Does not
 * access the page or the socket.
 */

import { schedule as scheduleTimer } from '../schedule.js';

/** Entries may arrive out of order. After this time an earlier one counts as missing. */
const GAP_GRACE_MS = 300;
const RETRY_DELAY_MS = 2_000;

/** After an absence at most this many pages are read. If more are missing, the newest one is shown after a gap. */
const MAX_CATCH_UP_PAGES = 5;

export class Sync {
  #log;
  #room;
  #request;
  #missed;
  #read;
  #schedule;
  #now;
  #size = new PageSize();
  #catchingUp = null;
  #isCheckPlanned = false;

  /**
   * `request(event, body)` resolves to the server's ack and rejects without one. `missed(messages)` gets the messages
   * that were sent during an absence, `read(messages)` older ones.
   */
  constructor({ log, room, request, missed, read, schedule = scheduleTimer, now = () => performance.now() }) {
    this.#log = log;
    this.#room = room;
    this.#request = request;
    this.#missed = missed;
    this.#read = read;
    this.#schedule = schedule;
    this.#now = now;
  }

  /** Takes live entries. Returns the messages that became known, in order. */
  receive(entries) {
    const messages = this.#log.receive(entries);
    this.#planCheck(GAP_GRACE_MS);
    return messages;
  }

  /** Takes the number of the log's last entry. */
  receiveTip(tip) {
    this.#log.receiveTip(tip);
    this.#planCheck(GAP_GRACE_MS);
  }

  /** Reads to the end of the log. Resolves when it is reached, or when there was no answer. */
  catchUp() {
    this.#catchingUp ??= this.#readForward().finally(() => {
      this.#catchingUp = null;
      this.#planCheck(RETRY_DELAY_MS);
    });
    return this.#catchingUp;
  }

  /** Reads a page before a number. Resolves to whether the server answered. */
  async readBefore(before) {
    const page = await this.#requestPage({ before });
    if (page !== null) give(this.#read, this.#log.acceptBefore(page, before));
    return page !== null;
  }

  /** Reads a page after a number. Resolves to whether the server answered. */
  async readAfter(number) {
    const page = await this.#requestPage({ after: number });
    if (page !== null) give(this.#read, this.#log.acceptAfter(page, number));
    return page !== null;
  }

  async #readForward() {
    for (let pages = 1; ; pages += 1) {
      const before = this.#log.last;
      const page = await this.#requestPage({ after: before });
      if (page === null) return;
      give(this.#missed, this.#log.acceptAfter(page, before));
      if (!this.#log.isBehind || this.#log.last === before) return;
      if (this.#log.missing > (MAX_CATCH_UP_PAGES - pages) * this.#size.limit) return await this.#readNewest();
    }
  }

  async #readNewest() {
    const page = await this.#requestPage({});
    if (page !== null) give(this.#missed, this.#log.acceptNewest(page));
  }

  async #requestPage(range) {
    const startedAt = this.#now();
    try {
      const page = await this.#request('history', { room: this.#room, limit: this.#size.limit, ...range });
      this.#size.answered(this.#now() - startedAt);
      return page.ok ? page : null;
    } catch (error) {
      if (!error.isUnsent) this.#size.timedOut();
      return null;
    }
  }

  #planCheck(ms) {
    if (!this.#log.isBehind || this.#catchingUp !== null || this.#isCheckPlanned) return;
    this.#isCheckPlanned = true;
    this.#schedule(ms, () => {
      this.#isCheckPlanned = false;
      if (this.#log.isBehind) this.catchUp();
    });
  }
}

const MAX_PAGE_SIZE = 100;
const MIN_PAGE_SIZE = 5;

/** An answer within the first time is fast. After the second it is slow, and everything else waits behind it. */
const FAST_ANSWER_MS = 2_500;
const SLOW_ANSWER_MS = 10_000;

/** The number of messages to request at once: fewer if answers are slow, more again if they are fast. */
export class PageSize {
  #limit = MAX_PAGE_SIZE;

  get limit() {
    return this.#limit;
  }

  /** Takes the duration of an answer. */
  answered(ms) {
    if (ms <= FAST_ANSWER_MS) this.#limit = Math.min(this.#limit * 2, MAX_PAGE_SIZE);
    if (ms > SLOW_ANSWER_MS) this.timedOut();
  }

  /** There was no answer. */
  timedOut() {
    this.#limit = Math.max(Math.floor(this.#limit / 2), MIN_PAGE_SIZE);
  }
}

function give(taker, messages) {
  if (messages.length > 0) taker(messages);
}
