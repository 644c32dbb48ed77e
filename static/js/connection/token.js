/**
 * The session token: how a page contains it, how it is sent, and how it is renewed. Does not store it.
 */

const ANSWER_TIMEOUT_MS = 10_000;

/** Returns the request headers that carry a token. */
export const bearer = (token) => ({ authorization: `Bearer ${token}` });

/**
 * Returns the token that the server masked. It is in a compressed page, so it must not be the same in each response. The
 * first half of the hexadecimal bytes is random, the second half is the token XOR the first.
 */
export function unmask(masked) {
  const half = masked.length / 2;
  const byte = (at) => Number.parseInt(masked.slice(at, at + 2), 16);
  let secret = '';
  for (let at = 0; at < half; at += 2) secret += String.fromCharCode(byte(at) ^ byte(half + at));
  return secret;
}

/**
 * Requests a fresh token of the session of `token`, which may have expired if the browser has the renewal credential
 * (a cookie). With `null` the credential alone decides whose session it is. Resolves to `{token, expires_in}`, or to
 * null when the server refuses: the session is over. Rejects when there is no answer.
 */
export async function renewToken(token, fetch = globalThis.fetch.bind(globalThis)) {
  const answer = await fetch('/token', {
    method: 'POST',
    headers: { ...(token === null ? {} : bearer(token)), accept: 'application/json' },
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(`the token renewal was answered with status ${answer.status}`);
  return answer.json();
}
