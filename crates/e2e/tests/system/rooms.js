// Two rooms in one page, on one connection to a server that this script plays. The rooms are made of the page's own
// scripts and markup. Defines `play`, which the test calls.

const files = `${location.origin}/static/js/`;
const load = (path) => import(files + path);
const [{ Connection }, { ReadMarks }, { Outbox }, { Room }, { RoomList }, { AmbiguousNames }] = await Promise.all([
  load('connection/connection.js'),
  load('log/read-marks.js'),
  load('compose/outbox.js'),
  load('room.js'),
  load('rooms/room-list.js'),
  load('people/ambiguous-names.js'),
]);

const me = { id: 'u-ada', username: 'ada', display_name: 'Ada' };
const grace = { id: 'u-grace', username: 'grace', display_name: 'Grace' };
const logs = { one: [], two: [] };
const requests = [];
const alerts = [];
const kept = new Map();
const pending = trackTimers();

/** Counts the timers and the animation frames of the scripts that this one has loaded. The page's own have other addresses. */
function trackTimers() {
  const ids = new Set();
  for (const [start, stop] of [['setTimeout', 'clearTimeout'], ['requestAnimationFrame', 'cancelAnimationFrame']]) {
    const { [start]: begin, [stop]: end } = globalThis;
    globalThis[start] = (action, ...more) => {
      const isOurs = new Error().stack.includes(files);
      const id = begin((...args) => {
        ids.delete(`${start} ${id}`);
        action(...args);
      }, ...more);
      if (isOurs) ids.add(`${start} ${id}`);
      return id;
    };
    globalThis[stop] = (id) => {
      ids.delete(`${start} ${id}`);
      end(id);
    };
  }
  return ids;
}

function append(room, text, sender = grace, id = `m-${room}-${logs[room].length}`) {
  const seq = logs[room].length + 1;
  const entry = { room, seq, kind: 'message', id, sender, text, sent_at: new Date().toISOString() };
  logs[room].push(entry);
  return entry;
}

const handlers = {};
const answers = {
  history: ({ room, after = 0, limit }) => {
    const messages = logs[room].slice(after, after + limit);
    return { ok: true, messages, covered_to: after + messages.length, last_seq: logs[room].length };
  },
  watch: ({ room }) => {
    const people = [me, { ...grace, display_name: `Grace in ${room}` }].map((person) => ({ ...person, away: false }));
    return { ok: true, people, typing: [], count: people.length };
  },
  typing: () => ({ ok: true }),
};
const socket = {
  connected: false,
  io: { on() {} },
  on: (event, handler) => (handlers[event] = handler),
  connect() {
    this.connected = true;
    handlers.connect();
  },
  disconnect() {
    this.connected = false;
  },
  timeout: () => ({
    async emitWithAck(event, ...args) {
      if (event === 'chat message') {
        const [text, { id, room }] = args;
        requests.push(`${event} ${room}`);
        return { ok: true, message: append(room, text, me, id) };
      }
      requests.push(`${event} ${args[0].room}`);
      return answers[event](args[0]);
    },
  }),
};

const session = { user: me.id, token: 't', check: async () => {}, renew: async () => 'fresh' };
const connection = new Connection({ io: () => socket, session, changed: () => {} });
const outbox = new Outbox({
  send: ({ id, room, text }) => connection.request('chat message', text, { id, room }),
  save: () => true,
});
const confirmed = [];
const { confirmStored } = Outbox.prototype;
outbox.confirmStored = (id) => {
  confirmed.push(id);
  confirmStored.call(outbox, id);
};
const storage = {
  get length() {
    return kept.size;
  },
  key: (i) => [...kept.keys()][i] ?? null,
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: (key) => kept.delete(key),
};
const own = { kind: 'public', name: 'Room', role: 'member', last_seq: 0, read_seq: 0, unread: 0, mentions: 0, notify: 'all' };
const list = new RoomList({ me: me.id, rooms: ['one', 'two'].map((id) => ({ ...own, id })) });
const shared = {
  me,
  rooms: list,
  marks: new ReadMarks({ request: (...args) => connection.request(...args), rooms: list }),
  openPerson() {},
  names: new AmbiguousNames({ me }),
  ownName: { update() {} },
  outbox,
  outboxes: { name: 'tab', previous: null, ifClosed: async () => {} },
  storage,
  templates: { message: document.getElementById('message'), person: document.getElementById('person') },
};

/** Copies an element of the page for another room, without ids, messages and what is not the room's. */
function copyOf(selector, room) {
  const copy = document.querySelector(selector).cloneNode(true);
  for (const element of [copy, ...copy.querySelectorAll('[id]')]) element.removeAttribute('id');
  copy.querySelector('.messages')?.replaceChildren();
  copy.querySelector('.people-here')?.replaceChildren();
  if ('room' in copy.dataset) copy.dataset.room = room;
  copy.style.height = '300px';
  document.body.append(copy);
  return copy;
}

const elements = {};
const rooms = {};
for (const room of ['one', 'two']) elements[room] = { main: copyOf('.room', room), panel: copyOf('.people', room) };

async function open(room, lastSeq = 0) {
  const { main, panel } = elements[room];
  const page = { coveredTo: 1, lastSeq };
  const arrived = (messages) => alerts.push(...messages.map(({ text }) => `${room}: ${text}`));
  rooms[room] = new Room(main, connection, { panel, page, arrived, caughtUp: () => outbox.open(), ...shared });
  await rooms[room].open();
}

const texts = (room, name) => [...elements[room].main.querySelectorAll(name)].map((node) => node.textContent);

globalThis.play = {
  requests,
  alerts,
  confirmed,
  open,
  connect: () => connection.open(),
  close: (room) => rooms[room].close(),
  elements: () => Object.values(elements).flatMap(({ main, panel }) => [main, panel]),
  timers: () => pending.size,
  /** Sends one message of each room to the page, in one event and with the other's first. */
  arrive: (text) => handlers['chat messages']([append('two', `${text} in two`), append('one', `${text} in one`)]),
  /** Sends each kind of notice about a room to the page. */
  notify(room) {
    handlers.tip({ room, last_seq: logs[room].length });
    handlers.presence({ room, count: 3, joined: [{ ...grace, id: 'u-ken', display_name: 'Ken', away: false }], left: [] });
    handlers.typing({ room, users: [grace] });
  },
  /** Writes into the composer of a room, as a user does. */
  write(room, text) {
    const input = elements[room].main.querySelector('.message-input');
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  },
  send: (room) => elements[room].main.querySelector('.composer').requestSubmit(),
  drafts: () => [...kept.keys()].filter((key) => key.startsWith('natter.draft.')).sort(),
  reconnect() {
    handlers.disconnect('transport close');
    connection.retryNow();
  },
  /** What a room shows. */
  shown: (room) => ({
    texts: texts(room, '.message .text'),
    states: texts(room, '.state-text').filter((words) => words !== ''),
    people: [...elements[room].panel.querySelectorAll('.person-name')].map((node) => node.textContent),
    typing: elements[room].main.querySelector('.typing').textContent,
  }),
  markup: (room) => elements[room].main.outerHTML + elements[room].panel.outerHTML,
};
