/**
 * Where a tab's unsent messages are kept: each tab has a lane of its own in the `localStorage`, under its person's
 * id, and finds it again after a reload. A lane whose tab is gone is adopted by another tab of the same person. What
 * else a tab keeps for itself goes by its lane's name. Never touches anybody else's lanes, and sends nothing.
 *
 * Whether a tab is gone is told by its lock, held as long as its page lives: a Web Lock, or a claim where there are
 * none. Where there is neither, nothing tells it: every page then begins a new lane and adopts all others. Two tabs may
 * so send the same message; it bears the same id, and the server stores it once.
 */

import { keysFrom, readJson, writeJson } from '../storage.js';

const TAB_KEY = 'natter.lane';
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const STATES = ['pending', 'failed'];

export class Lanes {
  #prefix;
  #local;
  #session;
  #locks;
  #newId;
  #name;
  #previous = null;
  #hasAdopted = false;

  /**
   * `local` and `session` are storages, `locks` the browser's Web Locks, what stands in for them, or null; `newId()`
   * makes a lane's name.
   */
  constructor({ user, local, session, locks, newId }) {
    this.#prefix = `natter.outbox.${user}.`;
    this.#local = local;
    this.#session = session;
    this.#locks = locks;
    this.#newId = newId;
  }

  /** Finds this tab's lane. A duplicated tab has another's name for it and cannot get the lock: it takes a new one. */
  async open() {
    const kept = readJson(this.#session, TAB_KEY);
    this.#name = kept;
    if (this.#locks !== null && typeof kept === 'string' && (await this.#hold(this.#own))) return;
    this.#previous = kept;
    this.#name = this.#newId();
    writeJson(this.#session, TAB_KEY, this.#name);
    // A lock that nobody else can have is refused only where locks do not work at all.
    if (this.#locks !== null && !(await this.#hold(this.#own))) this.#locks = null;
  }

  /** The name of this tab's lane. */
  get name() {
    return this.#name;
  }

  /** The name that the tab had before, null if it still has it: of itself where there are no locks, or of another. */
  get previous() {
    return this.#previous;
  }

  /** What the tab's own lane holds, in the order in which it was kept. */
  load() {
    return readItems(this.#local, this.#own);
  }

  /** Keeps these and no others. Returns whether that worked. */
  keep(items) {
    return writeJson(this.#local, this.#own, items.length > 0 ? items.map(plain) : null);
  }

  /**
   * Moves what orphaned lanes hold into this tab's, the oldest lane first. `take(items)` is to keep them and returns
   * whether that worked; only then are they forgotten where they were. May be called again, to find tabs gone since;
   * without locks that does nothing, lest two living tabs take each other's again and again.
   */
  async adopt(take) {
    if (this.#locks === null && this.#hasAdopted) return;
    await this.gather(take);
  }

  /** The same for the last time, before everything is forgotten: also without locks. */
  async gather(take) {
    this.#hasAdopted = true;
    const began = (key) => readItems(this.#local, key)[0]?.writtenAt ?? 0;
    for (const key of this.#others.sort((a, b) => began(a) - began(b))) {
      await this.#ifFree(key, () => take(readItems(this.#local, key)) && writeJson(this.#local, key, null));
    }
  }

  /** Forgets the tab's own lane and the orphaned ones. */
  async forget() {
    writeJson(this.#local, this.#own, null);
    for (const key of this.#others) await this.#ifFree(key, () => writeJson(this.#local, key, null));
  }

  /** Runs an action if the tab of the lane of this name is gone, as far as anything tells it. */
  async ifOrphaned(name, action) {
    await this.#ifFree(this.#prefix + name, action);
  }

  get #own() {
    return this.#prefix + this.#name;
  }

  get #others() {
    return keysFrom(this.#local, this.#prefix).filter((key) => key !== this.#own);
  }

  /** Resolves to whether the lane is this page's now, for as long as the page lives. */
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

const plain = ({ id, text, writtenAt, state, refusal }) => ({ id, text, writtenAt, state, refusal });

/** What stands there may be of another version or of anybody's making: only what is an item is taken. */
function readItems(storage, key) {
  const kept = readJson(storage, key);
  return Array.isArray(kept) ? kept.map(item).filter((found) => found !== null) : [];
}

function item(kept) {
  const { id, text, state, refusal } = kept ?? {};
  const writtenAt = new Date(kept?.writtenAt);
  const isNamed = typeof id === 'string' && ID.test(id);
  const isText = typeof text === 'string' && text !== '';
  if (!isNamed || !isText || !STATES.includes(state) || Number.isNaN(writtenAt.getTime())) return null;
  return { id, text, writtenAt, state, refusal: refusalOf(refusal) };
}

/** What is shown of a refusal is words. */
function refusalOf(kept) {
  const words = Object.entries({ code: kept?.code, detail: kept?.detail });
  const known = words.filter(([, each]) => typeof each === 'string');
  return known.length > 0 ? Object.fromEntries(known) : null;
}
