/**
 * Whose this tab is. All tabs of a browser share one cookie, and two tabs may be two people; so each tab keeps its
 * own person and token in its own storage, and a page that came back for somebody else is asked for again.
 */

import { readJson, writeJson } from '../storage.js';

const KEY = 'natter.tab';

export class Tab {
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * Decides what a page is that came for `boot.me`. `search` is the address's query. Returns the path to load
   * instead, or null when the page is this tab's own, which is then remembered.
   */
  claim(boot, search) {
    const own = this.#read();
    const wasAskedFor = new URLSearchParams(search).has('jwt');
    if (wasAskedFor || own === null || own.user === boot.me.id || own.askedAgain) {
      this.keep(boot.me.id, boot.token);
      return null;
    }
    // Were that token refused, the next page would come for somebody else again: it is asked for once only.
    this.#write({ ...own, askedAgain: true });
    return Tab.linkOf(own.token);
  }

  /** The path of the chat page for the bearer of a token. */
  static linkOf(token) {
    return `/?jwt=${encodeURIComponent(token)}`;
  }

  /** The person and the token that are kept, or null. */
  get own() {
    return this.#read();
  }

  /** Remembers the person and the token, which may be a fresh one. */
  keep(user, token) {
    this.#write({ user, token });
  }

  /** The same for a token with which the page is about to be asked for. */
  comeBack(user, token) {
    this.#write({ user, token, cameBack: true });
  }

  /** Forgets both. */
  forget() {
    writeJson(this.#storage, KEY, null);
  }

  #read() {
    return readJson(this.#storage, KEY);
  }

  #write(kept) {
    writeJson(this.#storage, KEY, kept);
  }
}
