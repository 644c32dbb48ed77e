/**
 * The field in which one writes. Enter sends, Shift and Enter breaks the line; what cannot be sent stays with the
 * reason beside it. It is never locked, whatever the connection does.
 */

import { countChars, fault, MAX_CHARS, normalise } from './text-rules.js';
import * as texts from './texts.js';

/** What browsers say of a key that goes to an input method, where `isComposing` comes too late. */
const KEY_OF_INPUT_METHOD = 229;

export class Composer {
  #input;
  #error;
  #send;

  /** `send(text)` gets each text that may be sent. */
  constructor(form, { send }) {
    this.#input = form.querySelector('#message-input');
    this.#error = form.querySelector('#composer-error');
    this.#send = send;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener('keydown', (event) => this.#pressed(event));
    this.#input.addEventListener('input', () => this.#edited());
    form.querySelector('#send').disabled = false;
    this.#grow();
  }

  /** Puts the caret into the field. */
  focus() {
    this.#input.focus();
  }

  #pressed(event) {
    const isComposing = event.isComposing || event.keyCode === KEY_OF_INPUT_METHOD;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = normalise(this.#input.value);
    const wrong = fault(text);
    this.focus();
    if (wrong === null) {
      this.#input.value = '';
      this.#edited();
      this.#send(text);
    } else if (wrong !== 'empty') {
      this.#refuse(wrong === 'too_long' ? texts.composer.tooLong(countChars(text), MAX_CHARS) : texts.composer.control);
    }
  }

  #refuse(reason) {
    this.#error.textContent = reason;
    this.#input.setAttribute('aria-invalid', 'true');
  }

  #edited() {
    this.#error.textContent = '';
    this.#input.removeAttribute('aria-invalid');
    this.#grow();
  }

  #grow() {
    const borders = this.#input.offsetHeight - this.#input.clientHeight;
    this.#input.style.height = 'auto';
    this.#input.style.height = `${this.#input.scrollHeight + borders}px`;
  }
}
