/**
 * Tells of messages by the desktop, if somebody wished it here: only of others' messages, only while nobody
 * looks at the window, one notification that each next one replaces. Names and texts go out as plain strings.
 */

import { isLookedAt, whenLookedAt } from '../looking.js';
import { readJson, writeJson } from '../storage.js';
import * as texts from '../texts.js';

/** The desktop cuts longer ones in its own way; the rest need not leave the page. */
const MAX_TEXT = 200;

export class Notifications {
  #api;
  #storage;
  #key;
  #tag;
  #window;
  #isWished;
  #isUnable;
  #shown = null;

  /** `api` is the browser's `Notification`, or undefined where there is none. */
  constructor({ api, storage, user, room, window }) {
    this.#api = api;
    this.#storage = storage;
    this.#key = `natter.notify.${user}`;
    this.#tag = `natter.${room}`;
    this.#window = window;
    this.#isWished = readJson(storage, this.#key) === true;
    this.#isUnable = api === undefined;
    whenLookedAt(window, () => this.#shown?.close());
  }

  /** `on`, `off`, `denied` by the browser or its user, `insecure` where browsers show none, or `missing`. */
  get state() {
    if (!this.#window.isSecureContext) return 'insecure';
    if (this.#isUnable) return 'missing';
    if (this.#api.permission === 'denied') return 'denied';
    return this.#isWished && this.#api.permission === 'granted' ? 'on' : 'off';
  }

  /** Turns them on or off; on asks the browser, which asks the user, and so is called at a click only. */
  async toggle() {
    this.#isWished = this.state !== 'on';
    if (this.#isWished && this.#window.isSecureContext && !this.#isUnable) await this.#api.requestPermission();
    this.#isWished &&= this.state === 'on';
    writeJson(this.#storage, this.#key, this.#isWished ? true : null);
  }

  /** Tells of messages that came, the newest last. */
  tell(entries) {
    if (entries.length === 0 || this.state !== 'on' || isLookedAt(this.#window)) return;
    const { title, body } = texts.notification(entries.length, entries.at(-1), MAX_TEXT);
    try {
      this.#show(new this.#api(title, { body, tag: this.#tag }));
    } catch {
      // Some phones have the API and let only service workers use it.
      this.#isUnable = true;
    }
  }

  #show(notification) {
    this.#shown = notification;
    notification.onclick = () => {
      this.#window.focus();
      notification.close();
    };
  }
}
