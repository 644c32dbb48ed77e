/**
 * The list of messages in the page: what is stored, in the log's order, and after it what is not yet. Puts a heading
 * before each day and joins messages of one sender. Decides nothing about what there is to show.
 */

import { adopt, createPending, createStored, fillState, fillStored } from './message-view.js';
import * as texts from './texts.js';

/** Messages of one sender with no more than this between them stand together. */
const JOIN_WITHIN_MS = 5 * 60_000;

export class ListView {
  #list;
  #template;
  #me;
  #pane;
  /** One's own messages that the log has not given out yet, by their ids, in the order of the page. */
  #unstored = new Map();

  /** `resend(id)` is called when somebody wants a failed message sent again. */
  constructor({ list, template, me, pane, resend }) {
    this.#list = list;
    this.#template = template;
    this.#me = me;
    this.#pane = pane;
    list.addEventListener('click', ({ target }) => {
      if (target.closest('.resend')) resend(target.closest('.message').dataset.id);
    });
    list.addEventListener('animationend', ({ target }) => target.classList.remove('arriving'));
    this.#adoptAll();
  }

  /** Adds messages of the log after those that are there; a pending one among them becomes its entry. */
  append(entries) {
    this.#pane.changeBelow(() => entries.forEach((entry) => this.#appendOne(entry)));
  }

  /** Adds messages of the log before those that are there. */
  prepend(entries) {
    const next = this.#list.querySelector('.message');
    const nodes = entries.map((entry) => createStored(this.#template, entry, this.#me));
    this.#pane.changeAbove(() => {
      this.#list.prepend(...nodes);
      nodes.forEach(arrange);
      arrange(next);
      this.#nameDays();
    });
  }

  /** Shows how far a message of one's own has come; at the end if it is new, or is sent again. */
  showOwn(item) {
    const known = this.#unstored.get(item.id);
    if (known === undefined && item.state !== 'pending') return;
    const node = known ?? createPending(this.#template, item, this.#me);
    const goesOut = known === undefined || (known.dataset.state === 'failed' && item.state === 'pending');
    this.#pane.changeBelow(() => {
      fillState(node, item.state, item);
      if (goesOut) this.#putLast(node, item.id);
    });
    if (goesOut) this.#pane.toEnd();
  }

  #adoptAll() {
    const nodes = [...this.#list.children];
    for (const node of nodes) {
      adopt(node, this.#me);
      arrange(node);
    }
    this.#nameDays();
  }

  #appendOne(entry) {
    const own = entry.sender?.id === this.#me.id ? this.#unstored.get(entry.id) : undefined;
    if (own !== undefined) fillStored(own, entry, this.#me);
    this.#put(own ?? arriving(createStored(this.#template, entry, this.#me)), this.#firstUnstored());
    if (own !== undefined) this.#unstored.delete(entry.id);
  }

  #putLast(node, id) {
    this.#unstored.delete(id);
    this.#unstored.set(id, arriving(node));
    this.#put(node, null);
  }

  #firstUnstored() {
    return this.#unstored.values().next().value ?? null;
  }

  /** Puts a message before another or last. One that stands there already is not moved: it would be read out again. */
  #put(node, next) {
    const isThere = node === next || (next === null && node === this.#list.lastElementChild);
    if (!isThere) {
      const follower = node.isConnected ? messageAfter(node) : null;
      headingOf(node)?.remove();
      this.#list.insertBefore(node, next && (headingOf(next) ?? next));
      arrange(follower);
    }
    arrange(node);
    arrange(messageAfter(node));
    this.#nameDays();
  }

  /** All of them, since what was today may be yesterday by now. */
  #nameDays() {
    for (const heading of this.#list.querySelectorAll('.day')) {
      const words = texts.day(sentAt(heading.nextElementSibling));
      if (heading.textContent !== words) heading.textContent = words;
    }
  }
}

/** Gives a message the heading of its day, or joins it to the one before, as what stands before it asks for. */
function arrange(node) {
  if (node === null) return;
  const heading = headingOf(node);
  const previous = (heading ?? node).previousElementSibling;
  const beginsDay = previous === null || sentAt(previous).toDateString() !== sentAt(node).toDateString();
  if (beginsDay && heading === null) node.before(dayHeading());
  if (!beginsDay) heading?.remove();
  node.toggleAttribute('data-continues', !beginsDay && continues(previous, node));
}

function dayHeading() {
  const heading = document.createElement('li');
  heading.className = 'day';
  return heading;
}

function headingOf(node) {
  return node.previousElementSibling?.matches('.day') ? node.previousElementSibling : null;
}

function messageAfter(node) {
  const next = node.nextElementSibling;
  return next?.matches('.day') ? next.nextElementSibling : next;
}

function continues(previous, node) {
  const { sender, name } = node.dataset;
  const isSamePerson = sender !== '' && sender === previous.dataset.sender && name === previous.dataset.name;
  return isSamePerson && Math.abs(sentAt(node) - sentAt(previous)) <= JOIN_WITHIN_MS;
}

function sentAt(node) {
  return new Date(node.querySelector('time').dateTime);
}

function arriving(node) {
  node.classList.add('arriving');
  return node;
}
