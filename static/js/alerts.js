/**
 * Draws the user's attention to new messages while the page is not in the foreground: by a number in the window's title,
 * and by desktop notifications if the user turned them on.
 */

import { isInForeground, whenInForeground } from './page-visibility.js';
import { readJson, writeJson } from './storage.js';
import * as texts from './texts.js';

/** Desktops shorten longer texts anyway. */
const MAX_TEXT_CHARS = 200;

export class Alerts {
  #me;
  #title;
  #notifications;
  #button;

  /** `me` is the id of the reader; `button` and `note` are the elements that turn notifications on. */
  constructor({ me, storage, window, button, note }) {
    this.#me = me;
    this.#title = new UnreadTitle(window);
    this.#notifications = new Notifications({ api: window.Notification, storage, user: me, window });
    this.#button = new NotificationButton({ button, note, notifications: this.#notifications });
  }

  /** Takes new messages of one room. The user's own ones, and those that were erased since, cause no alert. */
  messagesArrived(entries) {
    const ofOthers = entries.filter(({ sender }) => sender !== null && sender.id !== this.#me);
    this.#title.add(ofOthers.length);
    this.#notifications.notify(ofOthers);
    this.#button.render();
  }
}

/** The number of unread messages in the window's title, counted while the page is not in the foreground. */
export class UnreadTitle {
  #window;
  #title;
  #count = 0;

  /** The current title follows the number. */
  constructor(window) {
    this.#window = window;
    this.#title = window.document.title;
    whenInForeground(window, () => this.#clear());
  }

  /** Adds to the number of unread messages. */
  add(count) {
    if (isInForeground(this.#window) || count === 0) return;
    this.#count += count;
    this.#window.document.title = texts.unreadTitle(this.#count, this.#title);
  }

  #clear() {
    this.#count = 0;
    this.#window.document.title = this.#title;
  }
}

/** Desktop notifications of others' messages. Each one replaces the one before. Names and texts are plain strings. */
export class Notifications {
  #api;
  #storage;
  #key;
  #window;
  #isWanted;
  #isUnavailable;
  #shown = null;

  /** `api` is the browser's `Notification`, or undefined where it does not exist. */
  constructor({ api, storage, user, window }) {
    this.#api = api;
    this.#storage = storage;
    this.#key = `natter.notify.${user}`;
    this.#window = window;
    this.#isWanted = readJson(storage, this.#key) === true;
    this.#isUnavailable = api === undefined;
    whenInForeground(window, () => this.#shown?.close());
  }

  /** `on`, `off`, `denied` by the browser or its user, `insecure` on a page that may not show any, or `missing`. */
  get state() {
    if (!this.#window.isSecureContext) return 'insecure';
    if (this.#isUnavailable) return 'missing';
    if (this.#api.permission === 'denied') return 'denied';
    return this.#isWanted && this.#api.permission === 'granted' ? 'on' : 'off';
  }

  /** Turns notifications on or off. The browser asks the user for the permission, so call it in a click only. */
  async toggle() {
    this.#isWanted = this.state !== 'on';
    if (this.#isWanted && this.#window.isSecureContext && !this.#isUnavailable) await this.#api.requestPermission();
    this.#isWanted &&= this.state === 'on';
    writeJson(this.#storage, this.#key, this.#isWanted ? true : null);
  }

  /** Notifies of new messages of one room, the newest last. */
  notify(entries) {
    if (entries.length === 0 || this.state !== 'on' || isInForeground(this.#window)) return;
    const newest = entries.at(-1);
    const { title, body } = texts.notification(entries.length, newest, MAX_TEXT_CHARS);
    try {
      this.#show(new this.#api(title, { body, tag: `natter.${newest.room}` }));
    } catch {
      // Some phones have the API, but only for service workers.
      this.#isUnavailable = true;
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

/** The button that turns notifications on and off, with a note beside it. */
class NotificationButton {
  #button;
  #note;
  #notifications;

  constructor({ button, note, notifications }) {
    this.#button = button;
    this.#note = note;
    this.#notifications = notifications;
    button.addEventListener('click', () => this.#toggle());
    this.render();
  }

  /** Shows the current state. */
  render() {
    const { state } = this.#notifications;
    this.#button.setAttribute('aria-pressed', String(state === 'on'));
    this.#button.disabled = state === 'missing' || state === 'insecure';
    this.#button.hidden = false;
    this.#note.textContent = texts.notify[state];
  }

  /** From the first click on the note is a live region: before that, its changes must not be announced. */
  async #toggle() {
    this.#note.setAttribute('role', 'status');
    await this.#notifications.toggle();
    this.render();
  }
}
