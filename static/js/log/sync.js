/**
 * Keeps the log whole at its end, and reads other parts of it when told to. Gives out what became known; knows neither
 * the page nor the socket.
 */

import { after } from '../after.js';
import { PageSize } from './page-size.js';

/** An entry may come a moment before an earlier one; only then is it missing. */
const GAP_GRACE_MS = 300;
const RETRY_MS = 2_000;

/** Who missed more pages than this is shown the newest, and a gap before it. */
const MOST_PAGES = 5;

export class Sync {
  #log;
  #room;
  #request;
  #heard;
  #missed;
  #read;
  #schedule;
  #now;
  #size = new PageSize();
  #catchingUp = null;
  #check = null;

  /**
   * `request(event, body)` resolves to the server's ack and rejects if none came. Messages go to `heard` when they came
   * by themselves, to `missed` when they came meanwhile, and to `read` when they are old.
   */
  constructor({ log, room, request, heard, missed, read, schedule = after, now = () => performance.now() }) {
    this.#log = log;
    this.#room = room;
    this.#request = request;
    this.#heard = heard;
    this.#missed = missed;
    this.#read = read;
    this.#schedule = schedule;
    this.#now = now;
  }

  /** Takes entries that came by themselves. */
  hear(entries) {
    give(this.#heard, this.#log.hear(entries));
    this.#checkSoon(GAP_GRACE_MS);
  }

  /** Takes the news of where the log ends. */
  hearEnd(tip) {
    this.#log.hearEnd(tip);
    this.#checkSoon(GAP_GRACE_MS);
  }

  /** Reads on to the log's end, or jumps there. Resolves when there, or when the server did not answer. */
  catchUp() {
    this.#catchingUp ??= this.#readForward().finally(() => {
      this.#catchingUp = null;
      this.#checkSoon(RETRY_MS);
    });
    return this.#catchingUp;
  }

  /** Reads a page of what is before a number. Resolves to whether the server answered. */
  async readBefore(before) {
    const page = await this.#ask({ before });
    if (page !== null) give(this.#read, this.#log.acceptBefore(page, before));
    return page !== null;
  }

  /** Reads a page of what is after a number. Resolves to whether the server answered. */
  async readAfter(number) {
    const page = await this.#ask({ after: number });
    if (page !== null) give(this.#read, this.#log.acceptAfter(page, number));
    return page !== null;
  }

  async #readForward() {
    for (let pages = 1; ; pages += 1) {
      const before = this.#log.last;
      const page = await this.#ask({ after: before });
      if (page === null) return;
      give(this.#missed, this.#log.acceptAfter(page, before));
      if (!this.#log.isBehind || this.#log.last === before) return;
      if (this.#log.missing > (MOST_PAGES - pages) * this.#size.limit) return await this.#jump();
    }
  }

  async #jump() {
    const page = await this.#ask({});
    if (page !== null) give(this.#missed, this.#log.acceptEnd(page));
  }

  async #ask(range) {
    const asked = this.#now();
    try {
      const page = await this.#request('history', { room: this.#room, limit: this.#size.limit, ...range });
      this.#size.answered(this.#now() - asked);
      return page.ok ? page : null;
    } catch (error) {
      if (!error.isUnsent) this.#size.missed();
      return null;
    }
  }

  #checkSoon(ms) {
    if (!this.#log.isBehind || this.#catchingUp !== null || this.#check !== null) return;
    this.#check = this.#schedule(ms, () => {
      this.#check = null;
      if (this.#log.isBehind) this.catchUp();
    });
  }
}

function give(taker, messages) {
  if (messages.length > 0) taker(messages);
}
