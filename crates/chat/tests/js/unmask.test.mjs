import assert from 'node:assert/strict';
import { test } from 'node:test';

import { unmask } from '../../../../static/js/connection/unmask.js';

test('a masked secret is read back, whatever it was masked with', () => {
  assert.equal(unmask('000000' + '652e7a'), 'e.z');
  assert.equal(unmask('ff0f80' + '9a21fa'), 'e.z');
  assert.equal(unmask(''), '');
});
