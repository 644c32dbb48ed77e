/**
 * Entry point of the page that is served without a valid token: resumes the tab's session if possible.
 */

import { resumePath, TabIdentity } from './connection/tab-identity.js';
import { renewToken } from './connection/token.js';
import { openTabStorage } from './storage.js';

const main = document.querySelector('main');
const ways = document.getElementById('ways');
const { signedIn, canRenew } = ways.dataset;

// Hidden until it is known that there is no redirect.
main.hidden = true;
try {
  const path = await resumePath({
    tab: new TabIdentity(openTabStorage()),
    search: location.search,
    path: location.pathname,
    isSignedIn: signedIn !== undefined,
    canRenew: canRenew !== undefined,
    renew: renewToken,
  });
  if (path === null) showSignedOut();
  else location.replace(path);
} catch {
  document.getElementById('no-answer').hidden = false;
  main.hidden = false;
}

/** If the server refused the renewal that the page offered, shows that the user is signed out. */
function showSignedOut() {
  const refused = document.getElementById('refused');
  if (refused !== null) {
    ways.replaceChildren(refused.content);
    document.title = document.title.replace(/^.*(?= – )/, ways.querySelector('h1').textContent);
  }
  main.hidden = false;
}
