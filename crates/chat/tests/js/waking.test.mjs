import assert from 'node:assert/strict';
import { test } from 'node:test';

import { whenBack } from '../../../../static/js/connection/waking.js';
import { makeWindow } from './helpers.mjs';

function makeDevice() {
  const device = { window: makeWindow(), now: 1_000_000, times: 0 };
  let ticked;
  let every;
  const repeat = (action, ms) => ([ticked, every] = [action, ms]);
  whenBack(device.window, () => (device.times += 1), { now: () => device.now, repeat });
  device.tick = (late = 0) => {
    device.now += every + late;
    ticked();
  };
  return device;
}

test('a page that is shown, gets the focus or a network, or comes back from memory, is back', () => {
  const device = makeDevice();
  for (const sign of ['focus', 'online', 'pageshow']) device.window.hear(sign);
  device.window.document.turn(true);
  assert.equal(device.times, 3);
  device.window.document.turn(false);
  assert.equal(device.times, 4);
});

test('a clock that leapt tells of a sleep, once; a timer that is a little late, or set back, does not', () => {
  const device = makeDevice();
  [0, 900, 9_000, -20_000, 0].forEach(device.tick);
  assert.equal(device.times, 0);
  device.tick(3_600_000);
  device.tick();
  assert.equal(device.times, 1);
});

test('nobody is back in a page that is not shown, whose timers are slow', () => {
  const device = makeDevice();
  device.window.document.turn(true);
  device.tick(60_000);
  assert.equal(device.times, 0);
});
