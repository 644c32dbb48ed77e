/**
 * Where a tab's unsent messages are stored: each tab has an outbox in `localStorage`, with the user's id in its key, and
 * finds it after a reload. The outbox of a closed tab is adopted by another tab of the same user. Other data of a
 * tab uses the outbox's name. Does not touch other users' outboxes, and sends nothing.
 *
 * A tab holds a lock as long as its page exists: a Web Lock, or `StorageLocks` where there are none. Without any locks a
 * page cannot find out whether another tab exists. Then each page creates a new outbox and adopts all others; two tabs
 * may send the same message, but with the same id, so that the server stores it once.
 */

import { keysFrom, readJson, writeJson } from '../storage.js';

/** The key of former releases, kept so that their tabs find their outbox. */
const TAB_KEY = 'natter.lane';
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const STATES = ['pending', 'failed'];

/** The room of an item that was stored without one, by a release with a single room. */
const DEFAULT_ROOM = 'lobby';

export class TabOutboxes {
  #prefix;
  #local;
  #session;
  #locks;
  #newId;
  #name;
  #previous = null;
  #hasAdopted = false;

  /** `local` and `session` are storages; `locks` are Web Locks, a replacement, or null; `newId()` returns a name. */
  constructor({ user, local, session, locks, newId }) {
    this.#prefix = `natter.outbox.${user}.`;
    this.#local = local;
    this.#session = session;
    this.#locks = locks;
    this.#newId = newId;
  }

  /** Finds this tab's outbox. A duplicated tab has the name of the original's, but not the lock: it creates a new one. */
  async open() {
    const stored = readJson(this.#session, TAB_KEY);
    this.#name = stored;
    if (this.#locks !== null && typeof stored === 'string' && (await this.#hold(this.#own))) return;
    this.#previous = stored;
    this.#name = this.#newId();
    writeJson(this.#session, TAB_KEY, this.#name);
    // The lock of a new name is refused only where locks do not work.
    if (this.#locks !== null && !(await this.#hold(this.#own))) this.#locks = null;
  }

  /** The name of this tab's outbox. */
  get name() {
    return this.#name;
  }

  /** The name that the tab had before, or null if it is the same. Without locks it may be another tab's. */
  get previous() {
    return this.#previous;
  }

  /** Returns the items of this tab, in the order in which they were stored. */
  load() {
    return readItems(this.#local, this.#own);
  }

  /** Stores the items of this tab. Returns whether that worked. */
  store(items) {
    return writeJson(this.#local, this.#own, items.length > 0 ? items.map(serialise) : null);
  }

  /**
   * Moves the items of closed tabs to this one, the oldest outbox first. `take(items)` must store them and return whether
   * that worked; only then are they removed from where they were. Call it again to find tabs closed since. Without locks
   * only the first call works: otherwise two open tabs would adopt each other's items for ever.
   */
  async adopt(take) {
    if (this.#locks === null && this.#hasAdopted) return;
    await this.adoptAll(take);
  }

  /** Like `adopt`, for the time before everything is removed: also works repeatedly without locks. */
  async adoptAll(take) {
    this.#hasAdopted = true;
    const age = (key) => readItems(this.#local, key)[0]?.writtenAt ?? 0;
    for (const key of this.#others.sort((a, b) => age(a) - age(b))) {
      await this.#ifFree(key, () => take(readItems(this.#local, key)) && writeJson(this.#local, key, null));
    }
  }

  /** Removes the outboxes of this tab and of closed ones. */
  async forget() {
    writeJson(this.#local, this.#own, null);
    for (const key of this.#others) await this.#ifFree(key, () => writeJson(this.#local, key, null));
  }

  /** Runs an action if the tab with the outbox of this name is closed, as far as this page can detect it. */
  async ifClosed(name, action) {
    await this.#ifFree(this.#prefix + name, action);
  }

  get #own() {
    return this.#prefix + this.#name;
  }

  get #others() {
    return keysFrom(this.#local, this.#prefix).filter((key) => key !== this.#own);
  }

  /** Takes the lock of an outbox for as long as the page exists. Resolves to whether that worked. */
  #hold(key) {
    return new Promise((resolve) => {
      const granted = (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise(() => {});
      };
      this.#locks.request(key, { ifAvailable: true }, granted).catch(() => resolve(false));
    });
  }

  async #ifFree(key, action) {
    const granted = (lock) => {
      if (lock !== null) action();
    };
    if (this.#locks === null) action();
    else await this.#locks.request(key, { ifAvailable: true }, granted).catch(() => {});
  }
}

const serialise = ({ id, room, text, writtenAt, state, refusal }) => ({ id, room, text, writtenAt, state, refusal });

/** Another release, or anything else, may have written the storage: everything that is not an item is skipped. */
function readItems(storage, key) {
  const stored = readJson(storage, key);
  return Array.isArray(stored) ? stored.map(parse).filter((item) => item !== null) : [];
}

function parse(stored) {
  const { id, text, state, refusal, room = DEFAULT_ROOM } = stored ?? {};
  const writtenAt = new Date(stored?.writtenAt);
  const areIds = [id, room].every((each) => typeof each === 'string' && ID.test(each));
  const isText = typeof text === 'string' && text !== '';
  if (!areIds || !isText || !STATES.includes(state) || Number.isNaN(writtenAt.getTime())) return null;
  return { id, room, text, writtenAt, state, refusal: parseRefusal(refusal) };
}

/** The page shows the words of a refusal, so only strings are accepted. */
function parseRefusal(stored) {
  const words = Object.entries({ code: stored?.code, detail: stored?.detail });
  const known = words.filter(([, each]) => typeof each === 'string');
  return known.length > 0 ? Object.fromEntries(known) : null;
}
