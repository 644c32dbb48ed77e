import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Router } from '../../../../static/js/rooms/router.js';

const ORIGIN = 'https://chat.example';

/** A router in a window of its own. `click` follows a link, and returns whether the browser would load it. */
function makeRouter(path = '/') {
  const listeners = {};
  const listen = (event, listener) => (listeners[event] = listener);
  const location = { origin: ORIGIN, pathname: path, hash: '' };
  const pushed = [];
  const set = (to) => {
    const url = new URL(to, ORIGIN + location.pathname);
    Object.assign(location, { pathname: url.pathname, hash: url.hash });
  };
  const history = {
    state: { kept: 'by the tab' },
    pushState: (state, _, to) => {
      pushed.push(to);
      assert.deepEqual(state, history.state);
      set(to);
    },
  };
  const moves = [];
  const window = { location, history, document: { addEventListener: listen }, addEventListener: listen };
  const router = new Router({ window, moved: ({ room, isList }) => moves.push([room, isList]) });
  const click = (href, { target = '', ...event } = {}) => {
    let isLoaded = true;
    const link = { href: new URL(href, ORIGIN + location.pathname).href, target };
    listeners.click({ button: 0, target: { closest: () => link }, preventDefault: () => (isLoaded = false), ...event });
    return isLoaded;
  };
  const back = (to) => {
    set(to);
    listeners.popstate();
  };
  return { router, moves, pushed, click, back };
}

test('a click on a link to a room opens it without loading a page', () => {
  const { moves, pushed, click } = makeRouter();
  assert.equal(click('/rooms/a'), false);
  assert.equal(click('/'), false);
  assert.deepEqual([pushed, moves], [['/rooms/a', '/'], [['a', false], ['lobby', false]]]);
});

test('the same address is not put into the history again', () => {
  const { moves, pushed, router } = makeRouter('/rooms/a');
  router.go('a');
  router.go('b');
  router.go('b');
  assert.deepEqual([pushed, moves.length], [['/rooms/b'], 3]);
});

test('other links, and clicks that open a window or a tab, are the browser’s', () => {
  const { moves, click } = makeRouter();
  for (const href of ['https://elsewhere.example/rooms/a', '/rooms/a/members', '/logout', '/rooms/a#part']) assert.ok(click(href), href);
  for (const event of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { button: 1 }, { target: '_blank' }]) {
    const { target, ...rest } = event;
    assert.ok(click('/rooms/a', { ...rest, ...(target && { target }) }));
  }
  assert.deepEqual(moves, []);
});

test('the list of rooms has an address, and Back leads from it to the room and the other way', () => {
  const { router, moves, click, back } = makeRouter('/rooms/a');
  assert.equal(click('#rooms'), false);
  assert.ok(router.isList);
  back('/rooms/a');
  back('/rooms/a#rooms');
  assert.deepEqual(moves, [['a', true], ['a', false], ['a', true]]);
});
