/**
 * Where the script of the page begins that comes without a good token: takes the way back in, if there is one. Holds no
 * rule of its own.
 */

import { renewToken } from './connection/renew-token.js';
import { openTabStorage } from './storage.js';
import { Tab } from './connection/tab.js';
import { wayBack } from './connection/way-back.js';

const main = document.querySelector('main');
const ways = document.getElementById('ways');
const { signedIn, canRenew } = ways.dataset;

// Whoever is led on at once need not read that there is nobody.
main.hidden = true;
try {
  const path = await wayBack({
    tab: new Tab(openTabStorage()),
    search: location.search,
    isSignedIn: signedIn !== undefined,
    canRenew: canRenew !== undefined,
    renew: renewToken,
  });
  if (path === null) showThatNobodyIs();
  else location.replace(path);
} catch {
  document.getElementById('no-answer').hidden = false;
  main.hidden = false;
}

/** What the browser could go on with was refused meanwhile. */
function showThatNobodyIs() {
  const refused = document.getElementById('refused');
  if (refused !== null) {
    ways.replaceChildren(refused.content);
    document.title = document.title.replace(/^.*(?= – )/, ways.querySelector('h1').textContent);
  }
  main.hidden = false;
}
