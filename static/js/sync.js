/**
 * Keeps the log whole: asks for what did not come, and for what is older. Shows what the log gives out; knows
 * neither the page nor the socket.
 */

/** An entry may come a moment before an earlier one; only then is it missing. */
const GAP_GRACE_MS = 300;
const RETRY_MS = 2_000;
const FORWARD_LIMIT = 100;
const BACKWARD_LIMIT = 50;

const after = (ms, action) => setTimeout(action, ms);

export class Sync {
  #log;
  #room;
  #request;
  #show;
  #showOlder;
  #schedule;
  #catchingUp = null;
  #check = null;

  /** `request(event, body)` resolves to the server's ack and rejects if none came. */
  constructor({ log, room, request, show, showOlder, schedule = after }) {
    this.#log = log;
    this.#room = room;
    this.#request = request;
    this.#show = show;
    this.#showOlder = showOlder;
    this.#schedule = schedule;
  }

  /** Takes entries that came by themselves. */
  hear(entries) {
    this.#give(this.#log.hear(entries));
    this.#checkSoon(GAP_GRACE_MS);
  }

  /** Takes the news of where the log ends. */
  hearEnd(tip) {
    this.#log.hearEnd(tip);
    this.#checkSoon(GAP_GRACE_MS);
  }

  /** Reads on to the log's end. Resolves when there, or when the server did not answer. */
  catchUp() {
    this.#catchingUp ??= this.#readForward().finally(() => {
      this.#catchingUp = null;
      this.#checkSoon(RETRY_MS);
    });
    return this.#catchingUp;
  }

  /** Whether there is nothing older than what was read. */
  get startReached() {
    return this.#log.startReached;
  }

  /** Reads one page of what is older. Resolves to whether the server answered. */
  async readBack() {
    const page = await this.#ask({ before: this.#log.first, limit: BACKWARD_LIMIT });
    if (page === null) return false;
    const older = this.#log.acceptBefore(page);
    if (older.length > 0) this.#showOlder(older);
    return true;
  }

  async #readForward() {
    for (;;) {
      const before = this.#log.last;
      const page = await this.#ask({ after: before, limit: FORWARD_LIMIT });
      if (page === null) return;
      this.#give(this.#log.acceptAfter(page));
      if (page.covered_to >= page.last_seq || this.#log.last === before) return;
    }
  }

  async #ask(range) {
    try {
      const page = await this.#request('history', { room: this.#room, ...range });
      return page.ok ? page : null;
    } catch {
      return null;
    }
  }

  #give(messages) {
    if (messages.length > 0) this.#show(messages);
  }

  #checkSoon(ms) {
    if (!this.#log.isBehind || this.#catchingUp !== null || this.#check !== null) return;
    this.#check = this.#schedule(ms, () => {
      this.#check = null;
      if (this.#log.isBehind) this.catchUp();
    });
  }
}
