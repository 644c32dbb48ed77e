import assert from 'node:assert/strict';
import { test } from 'node:test';

import { UnreadTitle } from '../../../../static/js/alerts/alerts.js';
import { makeWindow } from './helpers.mjs';

for (const where of ['hidden', 'behind']) {
  test(`the title counts messages while the window is ${where}, until it is in the foreground`, () => {
    const window = makeWindow();
    const { document } = window;
    const title = new UnreadTitle(window);
    title.add(5);
    assert.equal(document.title, 'Lobby – Natter');
    window.turn(where);
    title.add(0);
    assert.equal(document.title, 'Lobby – Natter');
    title.add(1);
    title.add(2);
    assert.equal(document.title, '(3) Lobby – Natter');
    window.turn('behind');
    assert.equal(document.title, '(3) Lobby – Natter');
    window.turn('front');
    assert.equal(document.title, 'Lobby – Natter');
    window.turn(where);
    title.add(1);
    assert.equal(document.title, '(1) Lobby – Natter');
  });
}
