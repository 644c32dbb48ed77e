/**
 * One message in the page: fills the page's one `<template>`, by text alone, never by markup.
 */

import { initials, tint } from '../faces.js';
import { fillFold } from './fold.js';
import { fillHandle } from '../people/handle-view.js';
import { splitLinks } from './links.js';
import { isTangled, splitExcess } from './text-layout.js';
import * as texts from '../texts.js';

/** Who sent what was erased. */
const NOBODY = { id: '', username: '', display_name: '' };

/** A new element for an entry of the log. */
export function createStored(template, entry, me) {
  const node = template.content.firstElementChild.cloneNode(true);
  fillStored(node, entry, me);
  return node;
}

/** A new element for a message that one has just written. */
export function createPending(template, item, me) {
  const node = template.content.firstElementChild.cloneNode(true);
  node.dataset.id = item.id;
  fillSender(node, me, me);
  fillTime(node, item.writtenAt);
  fillText(node, item.text);
  return node;
}

/** Makes an element that of an entry, also one that was pending until now. */
export function fillStored(node, entry, me) {
  node.dataset.seq = entry.seq;
  node.dataset.id = entry.id;
  fillTime(node, new Date(entry.sent_at));
  if (entry.sender === null || entry.text === null) {
    node.toggleAttribute('data-erased', true);
    fillSender(node, NOBODY, me);
    delete node.querySelector('.avatar').dataset.tint;
    fillText(node, texts.erased);
    return;
  }
  fillSender(node, entry.sender, me);
  fillText(node, entry.text);
  fillState(node, 'stored');
}

/** Finishes what the server wrote: the reader's time, the face, the links. Returns the entry that stands there. */
export function adopt(node, me) {
  const { seq, id, kind, sender, username, name, erased } = node.dataset;
  const sentAt = node.querySelector('time').dateTime;
  const entry = { seq: Number(seq), id, kind, sender: null, text: null, sent_at: sentAt };
  fillTime(node, new Date(sentAt));
  if (erased !== undefined) return entry;
  entry.sender = { id: sender, username, display_name: name };
  entry.text = node.querySelector('.text').textContent;
  fillSender(node, entry.sender, me);
  fillText(node, entry.text);
  return entry;
}

/** Puts the user name beside the sender's name if that is doubtful. Returns whether that changed anything. */
export function fillDoubt(node, isDoubtful) {
  const isShown = isDoubtful && !('mine' in node.dataset);
  return fillHandle(node.querySelector('.who'), isShown ? node.dataset.username : null);
}

/** Joins it to the message above it, or not. */
export function fillJoined(node, isJoined) {
  if ('continues' in node.dataset !== isJoined) node.toggleAttribute('data-continues', isJoined);
}

/** Shows how far one's own message is. */
export function fillState(node, state, { waiting = false, kept = true, refusal = null } = {}) {
  const words = {
    pending: waiting ? texts.state.waiting(kept) : texts.state.sending,
    stored: texts.state.stored,
    failed: texts.state.failed(texts.problem(refusal), kept),
  };
  node.dataset.state = state;
  say(node.querySelector('.state-text'), 'mine' in node.dataset ? words[state] : '');
  for (const button of node.querySelectorAll('.state button')) button.hidden = state !== 'failed';
}

/** Gives a face its initials and its colour. */
export function fillFace(face, { username, display_name: name }) {
  face.textContent = initials(name);
  face.dataset.tint = tint(username);
}

function fillSender(node, { id, username, display_name: name }, me) {
  const who = node.querySelector('.who');
  Object.assign(node.dataset, { sender: id, username, name });
  node.toggleAttribute('data-mine', id === me.id);
  say(who, id === me.id ? texts.you : name);
  who.title = username;
  fillFace(node.querySelector('.avatar'), { username, display_name: name });
}

/** Short to look at, exact on hovering and to a screen reader. */
function fillTime(node, date) {
  const [seen, heard] = node.querySelectorAll('time');
  seen.dateTime = heard.dateTime = date.toISOString();
  seen.title = texts.exactTime(date);
  say(seen, texts.timeOfDay(date));
  say(heard, texts.exactTime(date));
}

function fillText(node, text) {
  const element = node.querySelector('.text');
  const parts = splitLinks(text);
  const isLinked = element.querySelector('a') !== null || parts.every(({ href }) => href === undefined);
  if (element.textContent !== text || !isLinked) element.replaceChildren(...parts.flatMap(partNodes));
  element.toggleAttribute('data-tangled', isTangled(text));
  fillFold(node, text);
}

function partNodes({ text, href }) {
  const nodes = splitExcess(text).map(({ text: words, isExcess }) => (isExcess ? hidden(words) : words));
  return href === undefined ? nodes : [link(nodes, href)];
}

/** Stays a part of the text, and is neither drawn nor laid out. */
function hidden(words) {
  const span = document.createElement('span');
  span.hidden = true;
  span.textContent = words;
  return span;
}

/** A text that stays is left alone: a screen reader would take it for a new one. */
function say(element, words) {
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
