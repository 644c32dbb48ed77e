/**
 * Decides whose account page a tab shows. The server reads the cookie, which all tabs of a browser share. A tab has a
 * user of its own once the chat handed one over, or once it showed an account page. Does not access the page.
 */

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

/** Requests the page as the tab's user, with a fresh token if the kept one has expired. Null: the session is over. */
async function fetchAs(own, { tab, fetchPage, renew }) {
  const answer = await fetchPage(own.token);
  if (answer.status !== 401) return answer;
  const fresh = await renew(own.token);
  if (fresh === null) return null;
  tab.keep(own.user, fresh.token);
  return fetchPage(fresh.token);
}
