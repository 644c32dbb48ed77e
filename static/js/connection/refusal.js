/**
 * Why the server did not let a socket in. Knows no socket.
 */

/** Its words when a token is no longer good, and when one has as many sockets as one may have. */
const WORDS = { "Token didn't match": 'token', 'Too many sockets': 'tabs' };

/**
 * `token`, which is the end; `tabs`, when somebody has too many of them; `room`, when there are too many of all, or from
 * one's network; null when nothing was refused: the connection is lost.
 */
export function refusalOf({ message, context }) {
  return WORDS[message] ?? (codeIn(context?.responseText) === 'overloaded' ? 'room' : null);
}

/** The code of a problem document; what else stands there is a proxy's. */
function codeIn(text) {
  try {
    return JSON.parse(text).code;
  } catch {
    return null;
  }
}
