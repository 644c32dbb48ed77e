import assert from 'node:assert/strict';
import { test } from 'node:test';

import { unmask } from '../../../../static/js/connection/token.js';

test('a masked token is unmasked, whatever the mask is', () => {
  assert.equal(unmask('000000' + '652e7a'), 'e.z');
  assert.equal(unmask('ff0f80' + '9a21fa'), 'e.z');
  assert.equal(unmask(''), '');
});
