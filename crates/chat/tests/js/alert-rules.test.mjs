import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Alerts, alertsOf, UnreadTitle } from '../../../../static/js/alerts.js';
import { ada, entry, grace, makeStorage, makeWindow } from './helpers.mjs';
import { direct, lobby, makeList } from './make-list.mjs';

const naming = (person) => ({ mentions: [{ id: person.id, username: person.username }] });

/** A page in the background, whose user has turned notifications on, with these rooms. */
function makeAlerts(...rooms) {
  const shown = [];
  class Notification {
    static permission = 'granted';
    constructor(title, { body }) {
      shown.push(body);
    }
    close() {
      shown.push('closed');
    }
  }
  const badges = [];
  const navigator = {
    setAppBadge: async (count) => badges.push(count),
    clearAppBadge: async () => badges.push(0),
  };
  const window = Object.assign(makeWindow({ hidden: true }), { Notification, navigator });
  const storage = makeStorage(new Map([['natter.notify.u-ada', 'true']]));
  const button = { addEventListener() {}, setAttribute() {} };
  const list = makeList(...rooms);
  const alerts = new Alerts({ me: ada.id, rooms: list, storage, window, button, note: {}, open() {} });
  const arrive = (...entries) => {
    list.receive(entries);
    alerts.messagesArrived(entries);
  };
  return { alerts, list, arrive, shown, badges, title: () => window.document.title };
}

test('in a room with all messages each message of others alerts', () => {
  const { arrive, shown, title } = makeAlerts(lobby({ notify: 'all' }));
  arrive(entry(11), entry(12, { sender: ada }), entry(13, { sender: null, text: null }));
  assert.deepEqual([shown, title()], [['text 11'], '(2) Lobby – Natter']);
});

test('in a room with mentions only, those of the user alert and no others', () => {
  const { arrive, shown, title } = makeAlerts(lobby({ notify: 'mentions' }));
  arrive(entry(11), entry(12, naming(grace)));
  assert.deepEqual([shown, title()], [[], 'Lobby – Natter']);
  arrive(entry(13, naming(ada)));
  assert.deepEqual([shown, title()], [['text 13'], '(1) Lobby – Natter']);
});

test('direct messages alert like mentions', () => {
  const { arrive, shown, title } = makeAlerts(direct({ notify: 'mentions' }));
  arrive(entry(11, { room: 'direct' }));
  assert.deepEqual([shown, title()], [['text 11'], '(1) Lobby – Natter']);
});

test('in a muted room nothing alerts, not even a mention or a direct message', () => {
  const { arrive, shown, badges, title } = makeAlerts(lobby({ notify: 'none' }), direct({ notify: 'none' }));
  arrive(entry(11, naming(ada)), entry(11, { room: 'direct' }));
  assert.deepEqual([shown, badges, title()], [[], [], 'Lobby – Natter']);
});

test('in a room without the user nothing alerts', () => {
  const { arrive, shown } = makeAlerts(lobby());
  arrive(entry(1, { room: 'elsewhere', ...naming(ada) }));
  assert.deepEqual(shown, []);
});

test('the title and the icon have the number of all rooms, until everything was read', () => {
  const { alerts, list, arrive, shown, badges, title } = makeAlerts(lobby({ unread: 2 }), direct({ notify: 'mentions' }));
  assert.equal(title(), '(2) Lobby – Natter');
  arrive(entry(11, { room: 'direct' }));
  alerts.setRoom('Compilers');
  assert.equal(title(), '(3) Compilers – Natter');
  list.setRead('direct', { seq: 11, unread: 0, mentions: 0, last_seq: 11 });
  list.setAllRead();
  assert.deepEqual([title(), badges, shown], ['Compilers – Natter', [2, 3, 2, 0], ['text 11', 'closed']]);
});

test('a change of the setting changes the number', () => {
  const { list, title } = makeAlerts(lobby({ unread: 5, mentions: 1 }));
  const seen = ['all', 'mentions', 'none'].map((notify) => {
    list.setNotify('lobby', notify);
    return title();
  });
  assert.deepEqual(seen, ['(5) Lobby – Natter', '(1) Lobby – Natter', 'Lobby – Natter']);
});

test('many are not counted, and a browser without an icon for apps has the title only', () => {
  const window = Object.assign(makeWindow(), { navigator: {} });
  const title = new UnreadTitle(window);
  title.show(100);
  assert.equal(window.document.title, '(99+) Lobby – Natter');
  title.show(0);
  assert.equal(window.document.title, 'Lobby – Natter');
  assert.equal(alertsOf({}), 0);
});
