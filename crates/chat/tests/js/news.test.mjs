import assert from 'node:assert/strict';
import { test } from 'node:test';

import { News } from '../../../../static/js/log/news.js';
import { messageRow } from '../../../../static/js/log/rows.js';
import { ada, entry } from './helpers.mjs';

/** News for Ada, over a pane and an announcer that note what they are told. */
function makeNews({ isSpeaking = true } = {}) {
  const told = [];
  const pane = { isSpeaking, silence: () => told.push('silence') };
  const announcer = {
    arrived(count, { isInLog }) {
      told.push(`${count} arrived${isInLog ? ' in the log' : ''}`);
      return isInLog;
    },
    count: (count) => told.push(`${count} late`),
    tell: (sentence) => told.push(sentence),
  };
  return { news: new News({ me: ada, pane, announcer }), told };
}

const row = (message) => messageRow(message, ada);
const day = { key: 'day', kind: 'day' };

test('what came and is put into the log is read out there, with the day that it begins', () => {
  const { news, told } = makeNews();
  const messages = [entry(1), entry(2)];
  news.hear(messages);
  const rows = messages.map(row);
  assert.deepEqual([...news.announce([day, ...rows])], rows);
  assert.deepEqual(told, ['2 arrived in the log']);
});

test('older messages, lines alone and nothing at all are not read out', () => {
  const { news, told } = makeNews();
  news.announce([row(entry(1)), row(entry(2))]);
  news.announce([day]);
  assert.deepEqual(told, ['silence', 'silence']);
  news.announce([]);
  assert.equal(told.length, 2);
});

test('news among older messages, or not in the page, are counted', () => {
  const { news, told } = makeNews();
  const fresh = entry(9);
  news.hear([fresh]);
  news.announce([row(entry(1)), row(fresh)]);
  news.hear([entry(10), entry(11)]);
  news.announce([]);
  assert.deepEqual(told, ['1 arrived', 'silence', '2 arrived']);
});

test('while the log is silent news are counted, and each is news once', () => {
  const { news, told } = makeNews({ isSpeaking: false });
  const fresh = entry(9);
  news.hear([fresh]);
  news.announce([row(fresh)]);
  news.announce([]);
  assert.deepEqual(told, ['1 arrived', 'silence']);
});

test('one’s own message is read out as it goes out, and counted by nobody', () => {
  const { news, told } = makeNews();
  news.announce([{ key: 'own a', kind: 'own', item: { id: 'a' } }]);
  const elsewhere = entry(3, { sender: ada });
  news.hear([elsewhere]);
  news.announce([row(elsewhere)]);
  news.miss([entry(4, { sender: ada }), entry(5)], { areMore: false });
  assert.deepEqual(told, ['1 late']);
});

test('that a message failed is said with the reason', () => {
  const { news, told } = makeNews();
  news.tellFailure({ refusal: { code: 'too_long' } });
  assert.match(told[0], /^Not sent: it is too long/);
});
