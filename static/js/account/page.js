/**
 * The account page as its script reads it: whose it is, and how it is put in the place of another one.
 */

import { bearing } from '../connection/renew-token.js';
import { unmask } from '../connection/unmask.js';
import { letShowPasswords } from '../show-password.js';
import { tellLocalTimes } from '../local-times.js';

const PATH = '/account';
const ANSWER_TIMEOUT_MS = 10_000;

/** Whose a page is, or null if it is nobody's. */
export function whose(document) {
  const { user, token } = document.getElementById('whose')?.dataset ?? {};
  return user === undefined ? null : { user, token: unmask(token) };
}

/** The page's address with nobody in it. What a form's answer was is not asked for anew. */
export function addressOf(location) {
  return location.pathname === PATH ? PATH + location.search : PATH;
}

/** Asks for the account page as the bearer of a token. */
export async function askFor(address, token) {
  const answer = await fetch(address, {
    headers: { ...bearing(token), accept: 'text/html' },
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const found = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return { status: answer.status, page: whose(found), document: found };
}

/** Puts a page that was asked for in the place of the one that is there. */
export function put(found) {
  document.title = found.title;
  document.querySelector('main').replaceWith(document.adoptNode(found.querySelector('main')));
  letShowPasswords(document);
  tellLocalTimes(document);
}
