import assert from 'node:assert/strict';
import { test } from 'node:test';

import { whenResumed } from '../../../../static/js/page-visibility.js';
import { makeWindow } from './helpers.mjs';

function makeDevice() {
  const device = { window: makeWindow(), now: 1_000_000, times: 0 };
  let ticked;
  let every;
  const repeat = (action, ms) => ([ticked, every] = [action, ms]);
  whenResumed(device.window, () => (device.times += 1), { now: () => device.now, repeat });
  device.tick = (late = 0) => {
    device.now += every + late;
    ticked();
  };
  return device;
}

test('a page resumes when it becomes visible, gets the focus or a network, or returns from the cache', () => {
  const device = makeDevice();
  for (const event of ['focus', 'online', 'pageshow']) device.window.dispatch(event);
  device.window.document.turn(true);
  assert.equal(device.times, 3);
  device.window.document.turn(false);
  assert.equal(device.times, 4);
});

test('a jump of the clock is a sleep, once; a late timer, or a clock that was set back, is not', () => {
  const device = makeDevice();
  [0, 900, 9_000, -20_000, 0].forEach(device.tick);
  assert.equal(device.times, 0);
  device.tick(3_600_000);
  device.tick();
  assert.equal(device.times, 1);
});

test('a hidden page, whose timers are slow, does not resume', () => {
  const device = makeDevice();
  device.window.document.turn(true);
  device.tick(60_000);
  assert.equal(device.times, 0);
});
