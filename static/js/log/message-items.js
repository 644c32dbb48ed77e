/**
 * What one can do with a message. Does not show it.
 */

import * as texts from '../texts.js';

/**
 * Returns a function that returns the items of an entry's menu, as `Menu.open` takes them. `mention` and `openPerson` are
 * called with a sender, `marked()` after messages were marked as unread in what `reading()` returns.
 */
export function messageItems({ me, mention, openPerson, reading, marked }) {
  return ({ seq, sender, text }) => {
    const markUnread = () => {
      reading().markUnreadFrom(seq);
      marked();
    };
    const items = [{ words: texts.message.copy, action: () => copy(text) }];
    if (reading().canMarkUnreadFrom(seq)) items.unshift({ words: texts.message.markUnread, action: markUnread });
    if (sender.id === me.id) return items;
    return [
      ...items,
      { words: texts.message.mention(sender.display_name), action: () => mention(sender) },
      { words: texts.message.direct(sender.display_name), action: () => openPerson(sender) },
    ];
  };
}

/** Browsers have `clipboard` only on a secure page; elsewhere the text of a field can be copied. */
async function copy(text) {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text).catch(() => {});
    return;
  }
  const { activeElement: focused } = document;
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  focused.focus();
}
