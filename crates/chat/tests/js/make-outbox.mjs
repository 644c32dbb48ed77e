// An outbox for the tests of `outbox.js`.

import { Backoff } from '../../../../static/js/connection/backoff.js';
import { Outbox } from '../../../../static/js/compose/outbox.js';
import { ada, entry, promised, room } from './helpers.mjs';

/** An outbox whose sends and delays the test controls. */
export function makeOutbox({ save = () => true } = {}) {
  const sent = [];
  const waits = [];
  const stored = [];
  const states = [];
  let ids = 0;
  const outbox = new Outbox({
    send: ({ text, id, room: to }) => {
      const answer = promised();
      sent.push({ text, id, room: to, ...answer });
      return answer.promise;
    },
    save,
    newId: () => `id${(ids += 1)}`,
    newBackoff: () => new Backoff(() => 1),
    wait: (ms) => {
      const over = promised();
      waits.push({ ms, over: over.resolve });
      return over.promise;
    },
  });
  outbox.watch(({ id, state, waiting, entry: message }) => {
    states.push(`${id} ${state}${waiting ? ' waiting' : ''}`);
    if (message !== undefined) stored.push(message);
  });
  return { outbox, add: (text) => outbox.add(text, room), sent, waits, stored, states };
}

export const accept = ({ id, text, resolve }, seq) => resolve({ ok: true, message: entry(seq, { id, text, sender: ada }) });
export const texts = (sent) => sent.map(({ text, id }) => `${id} ${text}`);
