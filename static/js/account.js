/**
 * Entry point of the account page and of the error pages that replace it: shows the account of this tab's user, even if
 * the cookie is another user's.
 */

import { bearer, renewToken, unmask } from './connection/token.js';
import {
  chatPath,
  readHandover,
  resolveAccountPage,
  TabIdentity,
  withAddressOnClick,
} from './connection/tab-identity.js';
import { activatePasswordButtons } from './show-password.js';
import { openTabStorage } from './storage.js';

const PATH = '/account';
const ANSWER_TIMEOUT_MS = 10_000;

const localTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
});

const tab = new TabIdentity(openTabStorage());
const settings = document.getElementById('whose').dataset;
const trusted = [new URL(settings.chat).origin, location.origin];
// A reload keeps the referrer of the first load, but anybody may have changed the fragment since then.
const isNavigation = performance.getEntriesByType('navigation')[0]?.type === 'navigate';
const handedOver = isNavigation ? readHandover({ hash: location.hash, referrer: document.referrer, trusted }) : null;
// The answer to a form has another address, which must not be requested again.
const address = location.pathname === PATH ? PATH + location.search : PATH;
hideToken();
addEventListener('hashchange', hideToken);

await show();
activate();
const toChat = document.getElementById('to-chat');
if (toChat !== null) {
  withAddressOnClick(toChat, (plain) => (tab.own === null ? plain : new URL(chatPath(tab.own.token), plain).href));
}

async function show() {
  const main = document.querySelector('main');
  const page = ownerOf(document);
  // The page of another user stays hidden until this tab's page replaces it.
  main.hidden = page === null || (handedOver ?? tab.own ?? page).user !== page.user;
  try {
    const { action, answer } = await resolveAccountPage({ tab, handedOver, page, fetchPage, renew: renewToken });
    if (action === 'log-in' && settings.else !== undefined) {
      location.replace(settings.else);
      return;
    }
    if (action === 'show') replacePage(answer.document);
  } catch {
    const message = document.getElementById('no-answer');
    if (message !== null) message.hidden = false;
  }
  main.hidden = false;
}

/** The user and the token of a page, or null if it has none. */
function ownerOf(document) {
  const { user, token } = document.getElementById('whose')?.dataset ?? {};
  return user === undefined ? null : { user, token: unmask(token) };
}

async function fetchPage(token) {
  const answer = await fetch(address, {
    headers: { ...bearer(token), accept: 'text/html' },
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const found = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return { status: answer.status, page: ownerOf(found), document: found };
}

function replacePage(found) {
  history.replaceState(history.state, '', address);
  document.title = found.title;
  document.querySelector('main').replaceWith(document.adoptNode(found.querySelector('main')));
}

/** Activates the page's buttons, and shows its times in the reader's time zone. The server writes them in UTC. */
function activate() {
  activatePasswordButtons(document);
  for (const time of document.querySelectorAll('time[datetime]')) {
    time.textContent = localTime.format(new Date(time.dateTime));
  }
}

/** Bookmarks and screenshots must not contain the token. */
function hideToken() {
  if (location.hash.includes('token=')) history.replaceState(history.state, '', location.pathname + location.search);
}
