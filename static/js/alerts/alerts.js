/**
 * Tells somebody who does not look at the window that messages came: by its title, and by the desktop if wished.
 */

import { Notifications } from './notifications.js';
import { NotifyButton } from './notify-button.js';
import { UnreadTitle } from './unread-title.js';

export class Alerts {
  #me;
  #title;
  #notifications;
  #button;

  /** `me` is the id of the one who reads; `find(id)` gives an element of the page. */
  constructor({ me, room, storage, window, find }) {
    this.#me = me;
    this.#title = new UnreadTitle(window);
    this.#notifications = new Notifications({ api: window.Notification, storage, user: me, room, window });
    this.#button = new NotifyButton({
      button: find('notify'),
      note: find('notify-note'),
      notifications: this.#notifications,
    });
  }

  /** Messages came. One's own and those that were erased since are no news. */
  tell(entries) {
    const news = entries.filter(({ sender }) => sender !== null && sender.id !== this.#me);
    this.#title.add(news.length);
    this.#notifications.tell(news);
    this.#button.show();
  }
}
