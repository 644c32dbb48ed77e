/**
 * Which user a tab belongs to. All tabs of a browser share one cookie, and two tabs may be two users. So each tab keeps
 * its user and token in its own storage, and requests its own page if the server returns another user's. A link to the
 * account page, which is another origin with its own storage, hands the tab's user over.
 */

import { readJson, writeJson } from '../storage.js';

const KEY = 'natter.tab';

/** Returns the address of a page of the chat for a token. */
export const chatPath = (token, path = '/') => `${path}?jwt=${encodeURIComponent(token)}`;

export class TabIdentity {
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  /** The kept `{user, token}`, or null. */
  get own() {
    return readJson(this.#storage, KEY);
  }

  /**
   * Compares the loaded page, which is for `boot.me`, with the tab's user. `search` and `path` are the query and the path of
   * the page's address. Returns the path to load instead, or null: then the page's user is the tab's from now on.
   */
  claim(boot, search, path = '/') {
    const { own } = this;
    const wasRequested = new URLSearchParams(search).has('jwt');
    if (wasRequested || own === null || own.user === boot.me.id || own.askedAgain) {
      this.keep(boot.me.id, boot.token);
      return null;
    }
    // Only once: if the server rejects that token, the next page is another user's again.
    this.#write({ ...own, askedAgain: true });
    return chatPath(own.token, path);
  }

  /** Keeps a user and a token. */
  keep(user, token) {
    this.#write({ user, token });
  }

  /** Keeps a renewed token with which the page is requested next. */
  keepForResume(user, token) {
    this.#write({ user, token, cameBack: true });
  }

  /** Removes both. */
  forget() {
    writeJson(this.#storage, KEY, null);
  }

  #write(kept) {
    writeJson(this.#storage, KEY, kept);
  }
}

/**
 * Decides how to continue in a tab whose page was served without a valid token. The server reads the cookie only, which
 * all tabs of a browser share, and other systems on the same host, too; the tab may have a token of its own.
 *
 * `search` and `path` are the query and the path of the page's address, `isSignedIn` whether the cookie's token is valid,
 * `canRenew` whether the browser has a renewal credential. `renew(token)` requests a fresh token.
 *
 * Resolves to the path to load, or to null if nobody can be signed in. Rejects when the server did not answer.
 */
export async function resumePath({ tab, search, path = '/', isSignedIn, canRenew, renew }) {
  const pathFor = (fresh) => (fresh === null ? null : chatPath(fresh.token, path));
  const requested = new URLSearchParams(search).get('jwt');
  const { own } = tab;
  if (own === null) {
    // An expired link must not prevent the cookie's user from continuing.
    if (requested !== null && isSignedIn) return path;
    return canRenew ? pathFor(await renew(null)) : null;
  }
  // The server renewed this token, but rejects it: another attempt would loop.
  if (own.cameBack && requested === own.token) return null;
  const fresh = await renew(own.token);
  if (fresh === null) tab.forget();
  else tab.keepForResume(own.user, fresh.token);
  return pathFor(fresh);
}

/** Returns the fragment that hands a user over. Browsers do not send fragments to servers. */
export const handover = ({ user, token }) => `#${new URLSearchParams({ user, token })}`;

/**
 * Returns the `{user, token}` that an address hands over (`#user=…&token=…`), or null. Accepted only from one of the
 * `trusted` origins: otherwise any link could sign a tab in as somebody else.
 */
export function readHandover({ hash, referrer, trusted }) {
  const fields = new URLSearchParams(hash.slice(1));
  const [user, token] = [fields.get('user'), fields.get('token')];
  const isTrusted = URL.canParse(referrer) && trusted.includes(new URL(referrer).origin);
  return isTrusted && user && token ? { user, token } : null;
}

/**
 * Decides whose account page a tab shows. A tab has a user of its own once the chat handed one over, or once it showed an
 * account page.
 *
 * Resolves to what to do with a loaded page: `stay`, `show` the page in `answer` instead, or `log-in` when the tab has no
 * user. Rejects when the server did not answer.
 *
 * `page` is `{user, token}`, or null for a page of no user. `fetchPage(token)` requests the page with a token and
 * resolves to `{status, page, …}`; `renew(token)` requests a fresh token.
 */
export async function resolveAccountPage({ tab, handedOver, page, fetchPage, renew }) {
  if (handedOver !== null) tab.keep(handedOver.user, handedOver.token);
  const { own } = tab;
  if (page !== null && (own === null || own.user === page.user)) {
    tab.keep(page.user, page.token);
    return { action: 'stay' };
  }
  if (own === null) return { action: 'log-in' };
  const answer = await fetchAs(own, { tab, fetchPage, renew });
  if (answer === null) {
    // The tab's session is over: it becomes the tab of the cookie's user.
    tab.forget();
    if (page !== null) tab.keep(page.user, page.token);
    return { action: page === null ? 'log-in' : 'stay' };
  }
  if (answer.page === null) throw new Error(`the account page was answered with status ${answer.status}`);
  tab.keep(answer.page.user, answer.page.token);
  return { action: 'show', answer };
}

/**
 * Changes the address of a link to `addressOf(its own address)` while the user follows it, so that the address contains
 * the token only during that time.
 */
export function withAddressOnClick(link, addressOf) {
  for (const event of ['click', 'auxclick']) {
    link.addEventListener(event, ({ button }) => {
      // The secondary button opens a menu that can copy the address.
      if (button > 1) return;
      const plain = link.href;
      link.href = addressOf(plain);
      setTimeout(() => (link.href = plain));
    });
  }
}

/** Requests the page as the tab's user, with a fresh token if the kept one has expired. Null: the session is over. */
async function fetchAs(own, { tab, fetchPage, renew }) {
  const answer = await fetchPage(own.token);
  if (answer.status !== 401) return answer;
  const fresh = await renew(own.token);
  if (fresh === null) return null;
  tab.keep(own.user, fresh.token);
  return fetchPage(fresh.token);
}
