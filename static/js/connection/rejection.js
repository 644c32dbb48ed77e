/**
 * Why the server rejected a socket, as the official client reports it.
 */

/** The server's messages when it rejects a socket: the token is invalid; the user has too many sockets. */
const REASONS = { "Token didn't match": 'token', 'Too many sockets': 'tabs' };

/**
 * Returns `token` for an invalid token; `tabs` when the user has too many sockets; `capacity` when there are too many
 * sockets in all, or from the user's network, or when these are opened too often; null when the server rejected nothing and
 * the connection failed.
 */
export function rejectionOf({ message, context }) {
  const isFull = ['overloaded', 'rate_limited'].includes(problemCode(context?.responseText));
  return REASONS[message] ?? (isFull ? 'capacity' : null);
}

/** Returns the code of a problem document, or null: a proxy may have answered. */
function problemCode(text) {
  try {
    return JSON.parse(text).code;
  } catch {
    return null;
  }
}
