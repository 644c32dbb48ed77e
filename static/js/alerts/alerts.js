/**
 * Draws the user's attention to new messages while the page is not in the foreground: by a number in the window's title,
 * and by desktop notifications if they are on.
 */

import { NotificationButton, Notifications } from './notifications.js';
import { isInForeground, whenInForeground } from '../page-visibility.js';
import * as texts from '../texts.js';

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

  /** The title is the current one, after the number. */
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
