/**
 * One room in the page: makes its parts and tells each of the others. Holds no rule of its own.
 */

import { Alerts } from './alerts/alerts.js';
import { Banner } from './connection/banner.js';
import { Company } from './people/company.js';
import { Connection } from './connection/connection.js';
import { Namesakes } from './people/namesakes.js';
import { PeopleView } from './people/people-view.js';
import { openStorage } from './storage.js';
import { Timeline } from './log/timeline.js';
import { TypingView } from './people/typing-view.js';
import { whenBack } from './connection/waking.js';
import { Writing } from './writing/writing.js';

const element = (id) => document.getElementById(id);

/** A part of the room by its class, in the first of the room's elements that has it. */
const finder = (elements) => (name) =>
  elements.map((each) => (each.matches(`.${name}`) ? each : each.querySelector(`.${name}`))).find((part) => part !== null);

/**
 * Opens the room that the page came with. `ownName` shows what one is called, `io` is the official client. Resolves to
 * where one writes.
 */
export async function openRoom({ boot, session, ownName, io }) {
  const { me, room } = boot;
  const find = finder([element(`room-${room}`), element(`people-${room}`)]);
  const banner = new Banner(element('banner'), {
    retry: () => {
      connection.retryNow();
      writing.focus();
    },
    giveFocus: () => writing.focus(),
  });
  const names = new Namesakes({ me });
  const timeline = new Timeline({
    find,
    template: element('message'),
    boot,
    names,
    request: (event, body) => connection.request(event, body),
    resend: (id) => writing.resend(id),
    edit: (id) => writing.edit(id),
    drop: (id) => writing.drop(id),
    came: (messages, { areNews }) => {
      messages.filter(({ sender }) => sender?.id === me.id).forEach((entry) => writing.settle(entry));
      if (!areNews) return;
      alerts.tell(messages);
      company.heardFrom(messages);
    },
  });

  const connection = new Connection({
    io,
    session,
    changed: (...state) => follow(...state),
    heard: (entries) => timeline.hear(entries),
    tip: (tip) => timeline.hearEnd(tip),
    presence: (change) => company.hear(change),
    typing: (change) => company.hearTyping(change),
  });
  const company = new Company({
    request: (event, body) => connection.request(event, body),
    room,
    me: me.id,
    people: new PeopleView({ find, template: element('person'), me: me.id, names }),
    names,
    ownName,
    typing: new TypingView(find('typing')),
    document,
  });
  const alerts = new Alerts({ me: me.id, room, storage: openStorage('localStorage'), window, find: element });
  const writing = await Writing.open({
    form: find('composer'),
    me: me.id,
    room,
    known: timeline.ownIds,
    send: (text, id) => connection.request('chat message', text, { id, room }),
    changed: (item) => {
      timeline.showOwn(item);
      if (connection.state === 'signed-out') banner.tellUnsent(true);
    },
    stored: (entry) => {
      timeline.hear([entry]);
      ownName.note([entry.sender]);
      company.sent();
    },
    discard: (id) => timeline.discard(id),
    edited: (raw) => company.edited(raw),
  });

  /** What is in the log already need not be sent again: first reads on, then sends. */
  async function follow(state, retryAt, reason) {
    banner.show(state, retryAt, reason);
    if (state === 'connected') {
      company.connected();
      await timeline.catchUp();
      if (connection.state !== 'connected') return;
      writing.connected();
    } else {
      company.disconnected();
      writing.disconnected();
      if (state === 'lost') timeline.wasAway();
      if (state === 'signed-out') leave();
    }
  }

  function leave() {
    session.stop();
    banner.tellUnsent(writing.unsent > 0);
  }

  names.whenChanged(() => {
    timeline.redraw();
    company.redraw();
  });
  session.whenRefused(() => connection.signOut());
  addEventListener('offline', () => connection.distrust());
  whenBack(window, () => connection.check());
  connection.open();
  writing.focus();
  return writing;
}
