/**
 * The chat page as a whole: the connection, the outbox of the tab, the banner and the rooms. Contains no rules of its own.
 */

import { Alerts } from './alerts.js';
import { forgetDrafts } from './compose/draft.js';
import { Outbox } from './compose/outbox.js';
import { StorageLocks } from './compose/storage-locks.js';
import { StrayKeys } from './compose/stray-keys.js';
import { TabOutboxes } from './compose/tab-outboxes.js';
import { Banner } from './connection/banner.js';
import { Connection } from './connection/connection.js';
import { ReadMarks } from './log/read-marks.js';
import { whenResumed } from './page-visibility.js';
import { AmbiguousNames } from './people/ambiguous-names.js';
import { randomId } from './random-id.js';
import { Room } from './room.js';
import { RoomList } from './rooms/room-list.js';
import { Rooms } from './rooms/rooms.js';
import { openStorage } from './storage.js';

const byId = (id) => document.getElementById(id);

export class App {
  #session;
  #user;
  #storage = openStorage('localStorage');
  #outboxes;
  #outbox;
  #connection;
  #banner;
  #marks;
  #rooms;

  /** `boot` is what the server wrote into the page, `ownName` shows the user's name, `io` is the official client. */
  constructor({ boot, session, ownName, io }) {
    this.#session = session;
    this.#user = boot.me.id;
    this.#outboxes = new TabOutboxes({
      user: this.#user,
      local: this.#storage,
      session: openStorage('sessionStorage'),
      locks: locksOf(this.#storage),
      newId: randomId,
    });
    this.#banner = new Banner(byId('banner'), { retry: () => this.#retry(), moveFocus: () => this.focus() });
    this.#connection = new Connection({ io, session, changed: (...state) => this.#connectionChanged(...state) });
    this.#outbox = new Outbox({
      send: ({ id, room, text }) => this.#connection.request('chat message', text, { id, room }),
      save: (items) => this.#outboxes.store(items),
    });
    this.#rooms = this.#createRooms(boot, ownName);
  }

  /** Loads the unsent messages, opens the room and then the connection. */
  async open() {
    await this.#outboxes.open();
    this.#outbox.restore(this.#outboxes.load());
    await this.#adopt();
    await this.#rooms.start();
    this.#listen();
    this.#connection.open();
    this.focus();
  }

  /** Adopts the unsent messages of closed tabs. Resolves to the number of this tab's unsent messages. */
  async gatherUnsent() {
    await this.#outboxes.adoptAll((items) => this.#outbox.restore(items));
    return this.#outbox.items.length;
  }

  /** Removes unsent messages and drafts: the next user may be another person. Other open tabs keep theirs. */
  async forget() {
    this.#outbox.clear();
    await this.#outboxes.forget();
    await forgetDrafts({ storage: this.#storage, user: this.#user, outboxes: this.#outboxes });
  }

  /** Moves the focus to the composer, or to what stands in its place. */
  focus() {
    this.#rooms.focus();
  }

  #createRooms(boot, ownName) {
    const { me } = boot;
    const list = new RoomList({ me: me.id, rooms: boot.rooms });
    const [button, note] = [byId('notify'), byId('notify-note')];
    const open = (id) => this.#rooms.go(id);
    const alerts = new Alerts({ me: me.id, rooms: list, storage: this.#storage, window, button, note, open });
    this.#marks = new ReadMarks({ request: (...args) => this.#connection.request(...args), rooms: list });
    const shared = {
      me,
      names: new AmbiguousNames({ me }),
      ownName,
      rooms: list,
      marks: this.#marks,
      openPerson: (person) => this.#rooms.openPerson(person),
      outbox: this.#outbox,
      outboxes: this.#outboxes,
      storage: this.#storage,
      templates: { message: byId('message'), person: byId('person') },
      arrived: (messages) => alerts.messagesArrived(messages),
      caughtUp: () => this.#caughtUp(),
    };
    return new Rooms({
      root: byId('app'),
      me,
      boot,
      list,
      marks: this.#marks,
      connection: this.#connection,
      alerts,
      storage: this.#storage,
      templates: { room: byId('room'), people: byId('room-people'), roomLink: byId('room-link'), choice: byId('choice') },
      makeRoom: ({ element, panel, info, hidden }) =>
        new Room(element, this.#connection, { ...shared, panel, page: pageOf(info, boot), hidden: () => hidden(info.id) }),
    });
  }

  #listen() {
    this.#session.whenRefused(() => this.#connection.signOut());
    this.#outbox.watch(() => this.#connection.state === 'signed-out' && this.#banner.showUnsent(true));
    addEventListener('offline', () => this.#connection.reconnect());
    addEventListener('beforeunload', (event) => {
      if (this.#outbox.hasUnsaved) event.preventDefault();
    });
    whenResumed(window, () => this.#connection.check());
    new StrayKeys({ selection: () => getSelection() }).watch(document, () => this.focus());
  }

  #connectionChanged(state, retryAt, reason) {
    this.#banner.show(state, retryAt, reason);
    if (state === 'connected') this.#marks.connected();
    else this.#marks.disconnected();
    if (state !== 'connected') this.#outbox.pause();
    if (state !== 'signed-out') return;
    this.#session.stop();
    this.#banner.showUnsent(this.#outbox.items.length > 0);
  }

  /** Sends messages only after the log was read: it may contain some of them. */
  #caughtUp() {
    this.#outbox.open();
    this.#adopt();
  }

  #adopt() {
    return this.#outboxes.adopt((items) => this.#outbox.restore(items));
  }

  #retry() {
    this.#connection.retryNow();
    this.focus();
  }
}

/** Returns what of the log is in the page. In the element of a room that was made here there is nothing yet. */
function pageOf({ id, last_seq: lastSeq }, boot) {
  if (id === boot.room.id) return { coveredTo: boot.covered_to, lastSeq: boot.last_seq };
  return { coveredTo: lastSeq + 1, lastSeq };
}

/** Returns null if the browser has no means to detect other tabs. */
function locksOf(storage) {
  if (navigator.locks !== undefined) return navigator.locks;
  if (globalThis.BroadcastChannel === undefined) return null;
  return new StorageLocks({ storage, channel: new BroadcastChannel('natter.claims'), page: randomId(), window });
}
