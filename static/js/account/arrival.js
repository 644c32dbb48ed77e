/**
 * Decides whose account page a tab shows. The server sees the cookie alone, which all tabs of a browser share; the tab
 * has a person of its own, once one was handed over from the chat or had a page here. Knows no page.
 */

/**
 * Who is handed over in an address, or null: `#user=…&token=…`, believed only where one of the `trusted` origins led
 * here, or anybody's link could make a tab somebody else's guest.
 */
export function handedOver({ hash, referrer, trusted }) {
  const fields = new URLSearchParams(hash.slice(1));
  const [user, token] = [fields.get('user'), fields.get('token')];
  const isBelieved = URL.canParse(referrer) && trusted.includes(new URL(referrer).origin);
  return isBelieved && user && token ? { user, token } : null;
}

/**
 * Resolves to what is to be done with a page that came: `stay`, `show` the `answer` in its place, or `nobody` when there
 * is no person but perhaps the cookie's. Rejects when the server did not say.
 *
 * `page` is `{user, token}`, or null when the page is nobody's. `ask(token)` asks for the page as the bearer of a token,
 * and gives `{status, page, …}`; `renew(token)` asks for a fresh token.
 */
export async function arrive({ tab, handed, page, ask, renew }) {
  if (handed !== null) tab.keep(handed.user, handed.token);
  const { own } = tab;
  if (page !== null && (own === null || own.user === page.user)) {
    tab.keep(page.user, page.token);
    return { is: 'stay' };
  }
  if (own === null) return { is: 'nobody' };
  const answer = await askAs(own, { tab, ask, renew });
  if (answer === null) {
    // The session is over. What the cookie's person has is shown to whoever asked for no particular one.
    tab.forget();
    if (page !== null) tab.keep(page.user, page.token);
    return { is: page === null ? 'nobody' : 'stay' };
  }
  if (answer.page === null) throw new Error(`the page was answered ${answer.status}`);
  tab.keep(answer.page.user, answer.page.token);
  return { is: 'show', answer };
}

/** The page as the tab's own person, by a fresh token if the kept one has expired; null when the session is over. */
async function askAs(own, { tab, ask, renew }) {
  const answer = await ask(own.token);
  if (answer.status !== 401) return answer;
  const fresh = await renew(own.token);
  if (fresh === null) return null;
  tab.keep(own.user, fresh.token);
  return ask(fresh.token);
}
