/**
 * Where the script of the account page begins, and of the pages that come instead of it: shows the page of this tab's own
 * person, whoever the cookie is. Holds no rule of its own.
 */

import { arrive, handedOver } from './account/arrival.js';
import { addressOf, askFor, put, whose } from './account/page.js';
import { leadsTo } from './connection/account-link.js';
import { renewToken } from './connection/renew-token.js';
import { Tab } from './connection/tab.js';
import { openTabStorage } from './storage.js';

const tab = new Tab(openTabStorage());
const place = document.getElementById('whose').dataset;
const trusted = [new URL(place.chat).origin, location.origin];
// A reload keeps the referrer of the first load, but the fragment may have been changed by anybody since.
const isArrival = performance.getEntriesByType('navigation')[0]?.type === 'navigate';
const handed = isArrival ? handedOver({ hash: location.hash, referrer: document.referrer, trusted }) : null;
const address = addressOf(location);
hideToken();
addEventListener('hashchange', hideToken);

await show();
const back = document.getElementById('to-chat');
if (back !== null) leadsTo(back, (plain) => (tab.own === null ? plain : new URL(Tab.linkOf(tab.own.token), plain).href));

async function show() {
  const main = document.querySelector('main');
  const page = whose(document);
  const isOwn = page !== null && (handed ?? tab.own ?? page).user === page.user;
  // What is another one's is not shown first.
  main.hidden = !isOwn;
  try {
    const { is, answer } = await arrive({ tab, handed, page, ask: (token) => askFor(address, token), renew: renewToken });
    if (is === 'nobody' && place.else !== undefined) {
      location.replace(place.else);
      return;
    }
    if (is === 'show') {
      history.replaceState(history.state, '', address);
      put(answer.document);
    }
  } catch {
    const said = document.getElementById('no-answer');
    if (said !== null) said.hidden = false;
  }
  main.hidden = false;
}

/** A token in the address would end in bookmarks and screenshots. */
function hideToken() {
  if (location.hash.includes('token=')) history.replaceState(history.state, '', location.pathname + location.search);
}
