/**
 * One message in the page: fills the page's one `<template>`, by text alone, never by markup.
 */

import { initials, tint } from './faces.js';
import { splitLinks } from './links.js';
import * as texts from './texts.js';

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
    fillText(node, texts.erased);
    return;
  }
  fillSender(node, entry.sender, me);
  fillText(node, entry.text);
  fillState(node, 'stored');
}

/** Finishes what the server wrote: the reader's time, the face, the links. */
export function adopt(node, me) {
  const { sender, username, name, erased } = node.dataset;
  fillTime(node, new Date(node.querySelector('time').dateTime));
  if (erased !== undefined) return;
  fillSender(node, { id: sender, username, display_name: name }, me);
  fillText(node, node.querySelector('.text').textContent);
}

/** Shows how far one's own message is. */
export function fillState(node, state, { waiting = false, refusal = null } = {}) {
  const words = {
    pending: waiting ? texts.state.waiting : texts.state.sending,
    stored: texts.state.stored,
    failed: refusal && texts.state.failed(texts.problem(refusal)),
  };
  node.dataset.state = state;
  node.querySelector('.state-text').textContent = 'mine' in node.dataset ? words[state] : '';
  node.querySelector('.resend').hidden = state !== 'failed';
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
  who.textContent = id === me.id ? texts.you : name;
  who.title = username;
  fillFace(node.querySelector('.face'), { username, display_name: name });
}

function fillTime(node, date) {
  const time = node.querySelector('time');
  time.dateTime = date.toISOString();
  time.title = texts.exactTime(date);
  time.textContent = texts.timeOfDay(date);
}

function fillText(node, text) {
  const parts = splitLinks(text).map(({ text: words, href }) => (href === undefined ? words : link(words, href)));
  node.querySelector('.text').replaceChildren(...parts);
}

function link(words, href) {
  const anchor = document.createElement('a');
  anchor.href = href;
  anchor.rel = 'noopener noreferrer';
  anchor.target = '_blank';
  anchor.textContent = words;
  return anchor;
}
