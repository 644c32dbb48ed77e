/**
 * Entry point of the chat page: finds out which user this tab belongs to, removes the token from the address, and opens
 * the chat. Contains no rules of its own.
 */

import { App } from './app.js';
import { Banner } from './connection/banner.js';
import { LogOut } from './connection/log-out.js';
import { Session } from './connection/session.js';
import { handover, TabIdentity, withAddressOnClick } from './connection/tab-identity.js';
import { unmask } from './connection/token.js';
import { whenResumed } from './page-visibility.js';
import { OwnName } from './people/identity-view.js';
import { openTabStorage } from './storage.js';

const boot = JSON.parse(document.getElementById('boot').textContent);
boot.token = unmask(boot.token);
const tab = new TabIdentity(openTabStorage());
const otherPath = tab.claim(boot, location.search, location.pathname);

if (otherPath !== null) {
  location.replace(otherPath);
} else {
  hideToken();
  start();
}

/** Bookmarks and screenshots must not contain the token. */
function hideToken() {
  const address = new URL(location.href);
  if (!address.searchParams.has('jwt')) return;
  address.searchParams.delete('jwt');
  history.replaceState(history.state, '', address);
}

function start() {
  const { me, token, expires_in: expiresIn, users_url: usersUrl } = boot;
  // The token's lifetime began after the page was requested, so this is the token's maximum age.
  const session = new Session({ user: me.id, token, expiresIn, ageMs: performance.now(), tab });
  withAddressOnClick(document.getElementById('account-link'), (address) => address + handover(session));
  const [name, avatars] = [document.getElementById('my-name'), document.querySelectorAll('.my-avatar')];
  const ownName = new OwnName({ me, name, avatars });
  const { io } = globalThis;
  const app = io === undefined ? null : new App({ boot, session, ownName, io });
  let opened;
  new LogOut({
    form: document.getElementById('logout'),
    error: document.getElementById('logout-error'),
    dialog: document.getElementById('leave'),
    session,
    loginUrl: `${usersUrl}/login?done=log-out`,
    app: () => opened,
  });

  if (app === null) new Banner(document.getElementById('banner')).showBroken();
  else app.open().then(() => (opened = app));
  session.start();
  // Timers stop while a computer sleeps or a page is frozen.
  whenResumed(window, () => session.check());
}
