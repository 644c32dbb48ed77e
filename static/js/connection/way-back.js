/**
 * Decides how a tab goes on whose page came without a good token. The server sees the cookie alone, which all tabs of a
 * browser share, and other systems on the same host too; the tab may have a token of its own. Knows no page.
 */

import { Tab } from './tab.js';

/**
 * Resolves to the path to load instead, or to null when there is nobody to go on as; rejects when the server did not say.
 *
 * `search` is the query with which the page came, `isSignedIn` whether the cookie's token is good, `canRenew` whether the
 * browser has the credential of whoever it was last, and `renew(token)` asks for a fresh token.
 */
export async function wayBack({ tab, search, isSignedIn, canRenew, renew }) {
  const link = new URLSearchParams(search).get('jwt');
  const { own } = tab;
  if (own === null) {
    // A link that is not good any more stands in nobody's way.
    if (link !== null && isSignedIn) return '/';
    return canRenew ? linkOf(await renew(null)) : null;
  }
  // The server renewed the token, and would not have it all the same: asking on would never end.
  if (own.cameBack && link === own.token) return null;
  const fresh = await renew(own.token);
  if (fresh === null) tab.forget();
  else tab.comeBack(own.user, fresh.token);
  return linkOf(fresh);
}

const linkOf = (fresh) => (fresh === null ? null : Tab.linkOf(fresh.token));
