// A connection for the tests of `connection.js`.

import { Backoff } from '../../../../static/js/connection/backoff.js';
import { Connection } from '../../../../static/js/connection/connection.js';
import { ada } from './helpers.mjs';

/** A connection with a socket that the test controls. */
export function makeConnection() {
  const handlers = {};
  const session = {
    user: ada.id,
    token: 't1',
    renewals: [],
    async check() {},
    async renew() {
      return this.renewals.shift();
    },
  };
  const states = [];
  let options;
  const socket = {
    connects: 0,
    connected: false,
    io: { on: (event, handler) => (handlers[`io ${event}`] = handler) },
    on: (event, handler) => (handlers[event] = handler),
    connect() {
      this.connects += 1;
      options.auth((auth) => (this.auth = auth));
    },
    disconnect() {
      this.connected = false;
    },
    timeout: () => ({ emitWithAck: async (...args) => args }),
  };
  const connection = new Connection({
    io: (given) => {
      options = given;
      return socket;
    },
    session,
    changed: (state, retryAt, reason) => {
      states.push((state === 'lost' && retryAt === null ? 'trying' : state) + (reason ? `: ${reason}` : ''));
    },
    backoff: new Backoff(() => 1),
  });
  return { connection, socket, session, states, play: (event, ...args) => handlers[event](...args) };
}
