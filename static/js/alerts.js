/**
 * Draws the user's attention to new messages: by a number in the window's title and on the app's icon, and while the page
 * is not in the foreground by desktop notifications, if the user turned them on. What counts is what the user chose for
 * each room.
 */

import { isInForeground, whenInForeground } from './page-visibility.js';
import { readJson, writeJson } from './storage.js';
import * as texts from './texts.js';

/** Desktops shorten longer texts anyway. */
const MAX_TEXT_CHARS = 200;

export class Alerts {
  #me;
  #rooms;
  #title;
  #notifications;
  #button;

  /**
   * `me` is the id of the reader, `rooms` the `RoomList`; `button` and `note` are the elements that turn notifications on;
   * `open(room)` is called by a click on a notification.
   */
  constructor({ me, rooms, storage, window, button, note, open }) {
    this.#me = me;
    this.#rooms = rooms;
    this.#title = new UnreadTitle(window);
    this.#notifications = new Notifications({ api: window.Notification, storage, user: me, window, open });
    this.#button = new NotificationButton({ button, note, notifications: this.#notifications });
    rooms.whenChanged(() => this.#count());
    this.#count();
  }

  /** Shows the name of a room in the title. */
  setRoom(name) {
    this.#title.words = texts.pageTitle(name);
  }

  /** Takes new messages of any rooms, in order. The user's own ones, and those that were erased since, cause no alert. */
  messagesArrived(entries) {
    for (const id of new Set(entries.map(({ room }) => room))) {
      const room = this.#rooms.get(id);
      const alerting = entries.filter((entry) => entry.room === id && this.#alerts(entry, room));
      this.#notifications.notify(alerting, room);
    }
    this.#button.render();
  }

  #alerts({ sender, mentions = [] }, room) {
    if (room === undefined || sender === null || sender.id === this.#me || room.notify === 'none') return false;
    return room.notify === 'all' || room.kind === 'direct' || mentions.some(({ id }) => id === this.#me);
  }

  #count() {
    const counts = this.#rooms.all.map(alertsOf);
    this.#title.show(counts.reduce((sum, count) => sum + count, 0));
    this.#notifications.closeUnless((room) => alertsOf(this.#rooms.get(room) ?? {}) > 0);
  }
}

/** Returns the number of the unread messages of a room that alert the user. */
export function alertsOf({ notify, unread, mentions }) {
  if (notify === 'all') return unread;
  return notify === 'mentions' ? mentions : 0;
}

/** The number of unread messages in the window's title, and on the app's icon where there is one. */
export class UnreadTitle {
  #window;
  #words;
  #count = 0;

  /** The current title follows the number. */
  constructor(window) {
    this.#window = window;
    this.#words = window.document.title;
  }

  /** The title without the number. */
  set words(words) {
    this.#words = words;
    this.#render();
  }

  show(count) {
    if (count === this.#count) return;
    this.#count = count;
    this.#render();
    // Only an installed app has an icon; elsewhere the browser refuses.
    const { navigator } = this.#window;
    const badge = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
    badge?.catch(() => {});
  }

  #render() {
    this.#window.document.title = this.#count > 0 ? texts.unreadTitle(this.#count, this.#words) : this.#words;
  }
}

/** Desktop notifications. Each one replaces the one of the room before. Names and texts are plain strings. */
export class Notifications {
  #api;
  #storage;
  #key;
  #window;
  #open;
  #isWanted;
  #isUnavailable;
  /** The newest notification of each room. */
  #shown = new Map();

  /** `api` is the browser's `Notification`, or undefined where it does not exist; `open(room)` is called by a click. */
  constructor({ api, storage, user, window, open }) {
    this.#api = api;
    this.#storage = storage;
    this.#key = `natter.notify.${user}`;
    this.#window = window;
    this.#open = open;
    this.#isWanted = readJson(storage, this.#key) === true;
    this.#isUnavailable = api === undefined;
    whenInForeground(window, () => this.closeUnless(() => false));
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

  /** Notifies of new messages of a room, the newest last. */
  notify(entries, room) {
    if (entries.length === 0 || this.state !== 'on' || isInForeground(this.#window)) return;
    const { title, body } = texts.notification(entries.length, entries.at(-1), room, MAX_TEXT_CHARS);
    try {
      this.#show(new this.#api(title, { body, tag: `natter.${room.id}` }), room.id);
    } catch {
      // Some phones have the API, but only for service workers.
      this.#isUnavailable = true;
    }
  }

  /** Closes the notifications of the rooms for which `isNeeded(room)` is false. */
  closeUnless(isNeeded) {
    for (const [room, notification] of this.#shown) {
      if (isNeeded(room)) continue;
      this.#shown.delete(room);
      notification.close();
    }
  }

  #show(notification, room) {
    this.#shown.set(room, notification);
    notification.onclick = () => {
      this.#window.focus();
      notification.close();
      this.#open(room);
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
