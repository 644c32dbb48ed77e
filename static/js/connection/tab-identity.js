/**
 * Which user a tab belongs to. All tabs of a browser share one cookie, and two tabs may be two users. So each tab keeps
 * its user and token in its own storage, and requests its own page if the server returns another user's. A link to the
 * account page, which is another origin with its own storage, hands the tab's user over.
 */

import { readJson, writeJson } from '../storage.js';

const KEY = 'natter.tab';

/** Returns the path of the chat page for a token. */
export const chatPath = (token) => `/?jwt=${encodeURIComponent(token)}`;

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
   * Compares the loaded page, which is for `boot.me`, with the tab's user. `search` is the query of the page's address.
   * Returns the path to load instead, or null: then the page's user is the tab's from now on.
   */
  claim(boot, search) {
    const { own } = this;
    const wasRequested = new URLSearchParams(search).has('jwt');
    if (wasRequested || own === null || own.user === boot.me.id || own.askedAgain) {
      this.keep(boot.me.id, boot.token);
      return null;
    }
    // Only once: if the server rejects that token, the next page is another user's again.
    this.#write({ ...own, askedAgain: true });
    return chatPath(own.token);
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
 * Decides how a tab continues whose page was served without a valid token. The server reads the cookie alone, which all
 * tabs of a browser share, and other systems on the same host too; the tab may have a token of its own.
 *
 * `search` is the query of the page's address, `isSignedIn` whether the cookie's token is valid, `canRenew` whether the
 * browser has a renewal credential. `renew(token)` requests a fresh token.
 *
 * Resolves to the path to load, or to null if nobody can be signed in. Rejects when the server did not answer.
 */
export async function resumePath({ tab, search, isSignedIn, canRenew, renew }) {
  const requested = new URLSearchParams(search).get('jwt');
  const { own } = tab;
  if (own === null) {
    // An expired link must not prevent the cookie's user from continuing.
    if (requested !== null && isSignedIn) return '/';
    return canRenew ? pathOf(await renew(null)) : null;
  }
  // The server renewed this token and rejects it all the same: another attempt would loop.
  if (own.cameBack && requested === own.token) return null;
  const fresh = await renew(own.token);
  if (fresh === null) tab.forget();
  else tab.keepForResume(own.user, fresh.token);
  return pathOf(fresh);
}

const pathOf = (fresh) => (fresh === null ? null : chatPath(fresh.token));

/** Returns the fragment that hands a user over. Browsers do not send fragments to servers. */
export const handover = ({ user, token }) => `#${new URLSearchParams({ user, token })}`;

/**
 * Makes a link lead to `addressOf(its own address)` while it is followed. So the token is in the address no longer than
 * that.
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
