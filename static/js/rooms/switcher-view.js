/**
 * The quick switcher: a field and a list of rooms and people, used by keyboard (the combobox pattern of the ARIA Authoring
 * Practices). Ctrl+K or Cmd+K opens it.
 */

import { fillAvatar } from '../people/identity-view.js';
import { Dialog } from './dialog.js';
import { LOBBY, othersIn } from './room-names.js';
import { Search } from './search.js';
import { offersFor } from './switcher.js';
import { roomTexts } from './room-texts.js';

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class SwitcherView {
  #dialog;
  #input;
  #list;
  #status;
  #template;
  #me;
  #source;
  #choose;
  #search;
  #found = {};
  #offers = [];
  #at = 0;

  /**
   * `me` is the user. `source()` returns the `{rooms, recent}` of `offersFor`; `ask(event, body)` resolves to the server's
   * ack; `choose(offer)` opens what was chosen.
   */
  constructor(element, { template, me, source, ask, choose, returnFocus }) {
    this.#dialog = new Dialog(element, { closed: () => this.#search.stop(), returnFocus });
    this.#input = element.querySelector('.switcher-input');
    this.#list = element.querySelector('.switcher-list');
    this.#status = element.querySelector('.search-status');
    this.#template = template;
    this.#me = me;
    this.#source = source;
    this.#choose = choose;
    this.#search = new Search({ ask: (query) => find(ask, query), show: (found) => this.#showFound(found) });
    this.#listen();
  }

  open() {
    if (this.#dialog.isOpen) return;
    this.#input.value = '';
    this.#found = {};
    this.#dialog.open();
    this.#render();
  }

  #listen() {
    this.#input.addEventListener('input', () => this.#typed());
    this.#input.addEventListener('keydown', (event) => this.#pressed(event));
    this.#list.addEventListener('click', ({ target }) => this.#clicked(target.closest('[role=option]')));
    document.addEventListener('keydown', (event) => {
      const isShortcut = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k';
      if (!isShortcut || document.querySelector('dialog:modal') !== null) return;
      event.preventDefault();
      this.open();
    });
  }

  #typed() {
    if (this.#input.value.trim() === '') {
      this.#search.stop();
      this.#found = {};
    } else this.#search.typed(this.#input.value);
    this.#at = 0;
    this.#render();
  }

  #showFound(found) {
    this.#found = found;
    this.#render();
  }

  #pressed(event) {
    if (event.isComposing) return;
    const step = STEPS[event.key];
    if (step !== undefined) this.#move(this.#at + step);
    else if (event.key === 'Enter') this.#open(this.#offers[this.#at]);
    else return;
    event.preventDefault();
  }

  #move(at) {
    const count = this.#offers.length;
    if (count === 0) return;
    this.#at = (at + count) % count;
    this.#mark();
  }

  #clicked(option) {
    if (option !== null) this.#open(this.#offers[[...this.#list.children].indexOf(option)]);
  }

  #open(offer) {
    if (offer === undefined) return;
    this.#dialog.close();
    this.#choose(offer);
  }

  #render() {
    const before = this.#offers[this.#at]?.key;
    this.#offers = offersFor(this.#input.value, { ...this.#source(), found: this.#found, me: this.#me });
    this.#at = Math.max(this.#offers.findIndex(({ key }) => key === before), 0);
    this.#list.replaceChildren(...this.#offers.map((offer, i) => this.#createOption(offer, i)));
    this.#status.textContent = roomTexts.foundOffers(this.#offers.length);
    this.#mark();
  }

  #mark() {
    [...this.#list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === this.#at)));
    const marked = this.#list.children[this.#at];
    if (marked === undefined) this.#input.removeAttribute('aria-activedescendant');
    else this.#input.setAttribute('aria-activedescendant', marked.id);
    marked?.scrollIntoView({ block: 'nearest' });
  }

  #createOption(offer, i) {
    const option = this.#template.content.firstElementChild.cloneNode(true);
    const person = offer.person ?? personOf(offer.room, this.#me.id);
    const sign = option.querySelector('.room-sign');
    option.id = `switcher-option-${i}`;
    option.setAttribute('role', 'option');
    if (person !== undefined) fillAvatar(sign, person);
    else if (offer.room.kind === 'direct') sign.textContent = othersIn(offer.room, this.#me.id).length;
    else sign.classList.remove('avatar');
    sign.dataset.kind = offer.person ? 'direct' : offer.room.kind;
    option.querySelector('.choice-name').textContent = offer.title;
    option.querySelector('.choice-note').textContent = roomTexts.offerNote(offer);
    return option;
  }
}

/** Finds public rooms and people. */
async function find(ask, { find: text }) {
  const [rooms, people] = await Promise.all([
    ask('rooms', { find: text, limit: 10 }),
    ask('members', { room: LOBBY, find: text, limit: 10 }),
  ]);
  return { public: rooms.public ?? [], people: people.members ?? [] };
}

function personOf(room, me) {
  const others = othersIn(room ?? {}, me);
  return others.length === 1 ? others[0] : undefined;
}
