/**
 * Completes a name while the user types it: a list of people above the field. The focus stays in the field, as in the
 * combobox pattern of the WAI-ARIA Authoring Practices; a field of several lines keeps the role of a text box, which has
 * `aria-activedescendant`, too. Does not decide who is offered.
 */

import { CompletionList } from './completion-list.js';
import { isComplete, matching, queryAt } from './mention-query.js';
import { schedule as scheduleTimer } from '../schedule.js';

/** The delay before the server is asked: the user may type another letter. */
const ASK_DELAY_MS = 150;

export class MentionCompletion {
  #field;
  #list;
  #me;
  #people;
  #find;
  #insert;
  #schedule;
  #query = null;
  /** Where the @ is for which the user closed the list, or null. */
  #closedAt = null;
  #cancelAsking = () => {};

  /**
   * `people()` returns those who are offered first, `find(text)` resolves to further ones or rejects; `me` is not
   * offered. `insert(field, text)` replaces the selection in a way that the user can undo.
   */
  constructor({ form, field, me, people, find, insert, schedule = scheduleTimer, signal }) {
    this.#field = field;
    this.#me = me;
    this.#people = people;
    this.#find = find;
    this.#insert = insert;
    this.#schedule = schedule;
    this.#list = new CompletionList({ form, field, taken: (person) => this.#take(person), signal });
    document.addEventListener('selectionchange', () => this.#isOpen && this.update(), { signal });
    field.addEventListener('blur', () => this.#close(), { signal });
    signal.addEventListener('abort', () => this.#cancelAsking());
  }

  /** The text or the cursor has changed. */
  update() {
    const { value, selectionStart: start, selectionEnd: end } = this.#field;
    const query = start === end ? queryAt(value, end) : null;
    if (query?.from !== this.#closedAt) this.#closedAt = null;
    if (query === null || this.#closedAt !== null) {
      this.#close();
      return;
    }
    if (this.#query?.from === query.from && this.#query.find === query.find) return;
    this.#query = query;
    this.#offer(query, []);
    this.#cancelAsking();
    this.#cancelAsking = this.#schedule(ASK_DELAY_MS, () => this.#ask(query));
  }

  /** Takes a key, unless an input method has it. Returns whether it was for the list. */
  pressed(event) {
    const { key, shiftKey } = event;
    const action = {
      ArrowDown: () => this.#list.move(1),
      ArrowUp: () => this.#list.move(-1),
      Enter: () => this.#take(this.#list.active),
      Tab: () => this.#take(this.#list.active),
      Escape: () => this.#dismiss(),
    }[key];
    if (!this.#isOpen || action === undefined || shiftKey) return false;
    event.preventDefault();
    action();
    return true;
  }

  get #isOpen() {
    return this.#list.active !== null;
  }

  async #ask(query) {
    const more = await this.#find(query.find).catch(() => []);
    if (this.#query === query) this.#offer(query, more);
  }

  #offer({ find }, more) {
    const offered = matching([...this.#people(), ...more], find, this.#me);
    this.#list.show(isComplete(offered, find) ? [] : offered);
  }

  #take({ username }) {
    const { from } = this.#query;
    const { selectionEnd: end, value } = this.#field;
    const space = value.charAt(end) === ' ' ? '' : ' ';
    this.#close();
    this.#field.setSelectionRange(from, end);
    this.#insert(this.#field, `@${username}${space}`);
  }

  #dismiss() {
    this.#closedAt = this.#query.from;
    this.#close();
  }

  #close() {
    this.#query = null;
    this.#cancelAsking();
    this.#list.show([]);
  }
}
