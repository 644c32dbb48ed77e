/**
 * One room in the page: makes its parts and tells each of the others. Holds no rule of its own.
 */

import { Banner } from './banner.js';
import { Composer } from './composer.js';
import { Connection } from './connection.js';
import { ListView } from './list-view.js';
import { RoomLog } from './log.js';
import { Older } from './older.js';
import { Outbox } from './outbox.js';
import { Pane } from './pane.js';
import { Sync } from './sync.js';

const element = (id) => document.getElementById(id);

/** Opens the room that the page came with. `io` is the official client. */
export function openRoom({ boot, session, io }) {
  const { me, room } = boot;
  const pane = new Pane(element('log'));
  const composer = new Composer(element('composer'), { send: (text) => outbox.add(text) });
  // A button that was pressed goes away; the focus must not go with it.
  const banner = new Banner(element('banner'), {
    retry: () => {
      connection.retryNow();
      composer.focus();
    },
  });
  const list = new ListView({
    list: element('messages'),
    template: element('message'),
    me,
    pane,
    resend: (id) => {
      outbox.retry(id);
      composer.focus();
    },
  });

  const connection = new Connection({
    io,
    session,
    changed: (state, retryAt) => follow(state, retryAt),
    heard: (entries) => sync.hear(entries),
    tip: (tip) => sync.hearEnd(tip),
  });
  const outbox = new Outbox({
    send: (text, id) => connection.request('chat message', text, { id, room }),
    changed: (item) => list.showOwn(item),
    stored: (entry) => sync.hear([entry]),
  });
  const sync = new Sync({
    log: new RoomLog({ room, coveredTo: boot.covered_to, lastSeq: boot.last_seq }),
    room,
    request: (event, body) => connection.request(event, body),
    show: (entries) => {
      list.append(entries);
      entries.filter(({ sender }) => sender?.id === me.id).forEach((entry) => outbox.settle(entry));
    },
    showOlder: (entries) => list.prepend(entries),
  });
  const older = new Older({ line: element('older'), pane, sync });

  /** What is in the log already need not be sent again: first reads on, then sends. */
  async function follow(state, retryAt) {
    banner.show(state, retryAt);
    if (state === 'connected') {
      await sync.catchUp();
      if (connection.state !== 'connected') return;
      outbox.open();
      older.readWhileNear();
    } else {
      outbox.pause();
      if (state === 'signed-out') session.stop();
    }
  }

  session.whenRefused(() => connection.signOut());
  addEventListener('online', () => connection.retryNow());
  document.addEventListener('visibilitychange', () => document.hidden || connection.retryNow());
  connection.open();
  composer.focus();
}
