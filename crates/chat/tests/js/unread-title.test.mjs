import assert from 'node:assert/strict';
import { test } from 'node:test';

import { UnreadTitle } from '../../../../static/js/alerts/unread-title.js';
import { makeDocument } from './helpers.mjs';

test('the title counts what comes while the window is hidden, until it is seen', () => {
  const document = makeDocument();
  const title = new UnreadTitle(document);
  title.add(5);
  assert.equal(document.title, 'Lobby – Natter');
  document.turn(true);
  title.add(0);
  assert.equal(document.title, 'Lobby – Natter');
  title.add(1);
  title.add(2);
  assert.equal(document.title, '(3) Lobby – Natter');
  document.turn(false);
  assert.equal(document.title, 'Lobby – Natter');
  document.turn(true);
  title.add(1);
  assert.equal(document.title, '(1) Lobby – Natter');
});
