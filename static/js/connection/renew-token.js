/**
 * Asks the server for a fresh token. Knows no page and keeps nothing.
 */

const ANSWER_TIMEOUT_MS = 10_000;

/** How a token is shown. */
export const bearing = (token) => ({ authorization: `Bearer ${token}` });

/**
 * A fresh token of the session of `token`, which may have expired if the browser has the credential to renew it; without
 * a token, of whoever the browser was last. Resolves to `{token, expires_in}`, or to null when the server refuses:
 * the session is over. Rejects when it did not say.
 */
export async function renewToken(token, fetch = globalThis.fetch.bind(globalThis)) {
  const answer = await fetch('/token', {
    method: 'POST',
    headers: { ...(token === null ? {} : bearing(token)), accept: 'application/json' },
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(`the renewal was answered ${answer.status}`);
  return answer.json();
}
