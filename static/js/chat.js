/**
 * Where the chat page's script begins: finds out whose tab this is, takes the token out of the address, and opens the
 * room. Holds no rule of its own.
 */

import { handover, leadsTo } from './connection/account-link.js';
import { Banner } from './connection/banner.js';
import { LogOut } from './connection/log-out.js';
import { OwnName } from './people/own-name.js';
import { openRoom } from './room.js';
import { Session } from './connection/session.js';
import { openTabStorage } from './storage.js';
import { Tab } from './connection/tab.js';
import { unmask } from './connection/unmask.js';
import { whenBack } from './connection/waking.js';

const boot = JSON.parse(document.getElementById('boot').textContent);
boot.token = unmask(boot.token);
const tab = new Tab(openTabStorage());
const elsewhere = tab.claim(boot, location.search);

if (elsewhere !== null) {
  location.replace(elsewhere);
} else {
  hideToken();
  start();
}

/** A token in the address would end in bookmarks and screenshots. */
function hideToken() {
  const address = new URL(location.href);
  if (!address.searchParams.has('jwt')) return;
  address.searchParams.delete('jwt');
  history.replaceState(history.state, '', address);
}

function start() {
  const { me, token, expires_in: expiresIn, users_url: usersUrl } = boot;
  // The server counted when it answered, which was no earlier than the page was asked for.
  const session = new Session({ user: me.id, token, expiresIn, ageMs: performance.now(), tab });
  leadsTo(document.getElementById('account-link'), (address) => address + handover(session));
  const [name, faces] = [document.getElementById('my-name'), document.querySelectorAll('.my-avatar')];
  const ownName = new OwnName({ me, name, faces });
  let writing;
  new LogOut({
    form: document.getElementById('logout'),
    error: document.getElementById('logout-error'),
    dialog: document.getElementById('leave'),
    session,
    loginUrl: `${usersUrl}/login?done=log-out`,
    writing: () => writing,
  });

  if (globalThis.io === undefined) new Banner(document.getElementById('banner')).showBroken();
  else openRoom({ boot, session, ownName, io: globalThis.io }).then((opened) => (writing = opened));
  session.start();
  // Timers stand still while a computer sleeps or a page is put away.
  whenBack(window, () => session.look());
}
