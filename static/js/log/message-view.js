/**
 * One message in the page: fills the page's `<template>` for a message by text alone, never by markup.
 */

import { fillCollapse } from './collapse.js';
import { fillAvatar, fillHandle } from '../people/identity-view.js';
import { isTangled, splitExcess } from './text-layout.js';
import { splitText } from './text-parts.js';
import * as texts from '../texts.js';

/** The sender of an erased message. */
const NOBODY = { id: '', username: '', display_name: '' };

/** Creates the element of an entry. */
export function createStored(template, entry, me) {
  const node = template.content.firstElementChild.cloneNode(true);
  fillStored(node, entry, me);
  return node;
}

/** Creates the element of an outbox item. */
export function createPending(template, item, me) {
  const node = template.content.firstElementChild.cloneNode(true);
  node.dataset.id = item.id;
  fillSender(node, me, me);
  fillTime(node, item.writtenAt);
  fillText(node, item.text, [], me);
  return node;
}

/** Fills an element with an entry. The element may have shown an outbox item before. */
export function fillStored(node, entry, me) {
  node.dataset.seq = entry.seq;
  node.dataset.id = entry.id;
  fillTime(node, new Date(entry.sent_at));
  if (entry.sender === null || entry.text === null) {
    node.toggleAttribute('data-erased', true);
    fillSender(node, NOBODY, me);
    delete node.querySelector('.avatar').dataset.tint;
    fillText(node, texts.erased, [], me);
    return;
  }
  fillSender(node, entry.sender, me);
  fillText(node, entry.text, entry.mentions ?? [], me);
  fillState(node, 'stored');
}

/** Completes an element that the server filled: local time, avatar, links. Returns its entry. */
export function adoptMessage(node, me) {
  const { seq, id, kind, sender, username, name, erased } = node.dataset;
  const sentAt = node.querySelector('time').dateTime;
  const entry = { seq: Number(seq), id, kind, sender: null, text: null, sent_at: sentAt };
  fillTime(node, new Date(sentAt));
  if (erased !== undefined) return entry;
  entry.sender = { id: sender, username, display_name: name };
  entry.text = node.querySelector('.text').textContent;
  entry.mentions = [...node.querySelectorAll('.mention')].map(({ dataset }) => ({ id: dataset.id, username: dataset.username }));
  fillSender(node, entry.sender, me);
  fillText(node, entry.text, entry.mentions, me);
  return entry;
}

/** Shows the user name beside the sender's name if that is ambiguous. Returns whether that changed the page. */
export function fillAmbiguity(node, isAmbiguous) {
  const isShown = isAmbiguous && !('mine' in node.dataset);
  return fillHandle(node.querySelector('.who'), isShown ? node.dataset.username : null);
}

/** Groups an element with the message above it, or not. */
export function fillContinues(node, continues) {
  if ('continues' in node.dataset !== continues) node.toggleAttribute('data-continues', continues);
}

/** Shows the state of a message of the user. */
export function fillState(node, state, { waiting = false, kept = true, refusal = null } = {}) {
  const words = {
    pending: waiting ? texts.state.waiting(kept) : texts.state.sending,
    stored: texts.state.stored,
    failed: texts.state.failed(texts.problem(refusal), kept),
  };
  node.dataset.state = state;
  setText(node.querySelector('.state-text'), 'mine' in node.dataset ? words[state] : '');
  for (const button of node.querySelectorAll('.state button')) button.hidden = state !== 'failed';
}

function fillSender(node, { id, username, display_name: name }, me) {
  const who = node.querySelector('.who');
  Object.assign(node.dataset, { sender: id, username, name });
  node.toggleAttribute('data-mine', id === me.id);
  setText(who, id === me.id ? texts.you : name);
  who.title = username;
  fillAvatar(node.querySelector('.avatar'), { username, display_name: name });
}

/** The visible time is short; its title, and the one for screen readers, are exact. */
function fillTime(node, date) {
  const [visible, spoken] = node.querySelectorAll('time');
  visible.dateTime = spoken.dateTime = date.toISOString();
  visible.title = texts.exactTime(date);
  setText(visible, texts.timeOfDay(date));
  setText(spoken, texts.exactTime(date));
}

function fillText(node, text, mentions, me) {
  const element = node.querySelector('.text');
  const parts = splitText(text, mentions);
  const isFilled = element.textContent === text && isSame(markedIn(element), markedOf(parts));
  if (!isFilled) element.replaceChildren(...parts.flatMap((part) => partNodes(part, me)));
  element.toggleAttribute('data-tangled', isTangled(text));
  fillCollapse(node, text);
}

/** What is marked in a text, in order: the names and the links, as far as they can differ in a text that is the same. */
const markedIn = (element) => [...element.querySelectorAll('a, .mention')].map(({ localName, textContent }) => `${localName} ${textContent}`);

const markedOf = (parts) =>
  parts.flatMap(({ text, href, mention }) => (href !== undefined ? [`a ${text}`] : mention !== undefined ? [`span ${text}`] : []));

const isSame = (one, other) => one.length === other.length && one.every((each, i) => each === other[i]);

function partNodes({ text, href, mention }, me) {
  const nodes = splitExcess(text).map(({ text: words, isExcess }) => (isExcess ? hidden(words) : words));
  if (mention !== undefined) return [name(nodes, mention, me)];
  return href === undefined ? nodes : [link(nodes, href)];
}

function name(nodes, { id, username }, me) {
  const span = document.createElement('span');
  span.className = 'mention';
  Object.assign(span.dataset, { id, username });
  span.toggleAttribute('data-me', id === me.id);
  span.append(...nodes);
  return span;
}

/** Hidden characters stay in the text, but are not laid out. */
function hidden(words) {
  const span = document.createElement('span');
  span.hidden = true;
  span.textContent = words;
  return span;
}

/** An unchanged text is not written: a screen reader would read it again. */
function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function link(nodes, href) {
  const anchor = document.createElement('a');
  anchor.href = href;
  anchor.rel = 'noopener noreferrer';
  anchor.target = '_blank';
  anchor.append(...nodes);
  return anchor;
}
