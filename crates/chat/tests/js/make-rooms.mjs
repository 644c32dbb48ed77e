// Rooms as the server describes them, for the tests of `rooms/`.

const own = { topic: '', created_by: null, archived: false, role: 'member', last_seq: 0, read_seq: 0, unread: 0, mentions: 0, notify: 'all' };

export const publicRoom = (id, name, changes = {}) => ({ ...own, id, kind: 'public', name, ...changes });

export const privateRoom = (id, name, changes = {}) => ({ ...own, id, kind: 'private', name, ...changes });

export const directRoom = (id, people, changes = {}) => ({ ...own, id, kind: 'direct', name: null, people, ...changes });

/** A `setTimeout` that the test runs. */
export function makeTimers() {
  const timers = [];
  const schedule = (ms, action) => {
    const timer = { ms, action };
    timers.push(timer);
    return () => {
      if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
    };
  };
  const run = () => Promise.all(timers.splice(0).map(({ action }) => action()));
  return { timers, schedule, run };
}
