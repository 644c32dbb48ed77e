/**
 * The field in which one writes. Enter sends, Shift and Enter breaks the line; what cannot be sent stays with the
 * reason beside it. It is never locked, whatever the connection does.
 *
 * Where one writes with the fingers Enter breaks the line, as people know it from their phones: there is no Shift to
 * hold, and the button is near. Ctrl or Cmd and Enter sends everywhere, for those with a keyboard at a tablet.
 */

import { Counter } from './counter.js';
import { cleanPastes } from './paste.js';
import { isTangled } from '../log/text-layout.js';
import { countChars, fault, firstControl, MAX_CHARS, normalise } from './text-rules.js';
import * as texts from '../texts.js';

/** What browsers say of a key that goes to an input method, where `isComposing` comes too late. */
const KEY_OF_INPUT_METHOD = 229;

export class Composer {
  #input;
  #error;
  #count;
  #countStatus;
  #send;
  #changed;
  #counter = new Counter();
  #namesControl = false;
  #fingers = matchMedia('(pointer: coarse)');

  /**
   * `send(text)` gets each text that may be sent, `changed(raw)` what the field holds after each change; `text` is what
   * it begins with, unless somebody was faster.
   */
  constructor(form, { send, changed = () => {}, text = '' }) {
    this.#input = form.querySelector('.message-input');
    this.#error = form.querySelector('.composer-error');
    this.#count = form.querySelector('.counter');
    this.#countStatus = form.querySelector('.counter-status');
    this.#send = send;
    this.#changed = changed;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.enterKeyHint = this.#fingers.matches ? 'enter' : 'send';
    this.#input.addEventListener('keydown', (event) => this.#pressed(event));
    this.#input.addEventListener('input', () => this.#edited());
    cleanPastes(this.#input);
    addEventListener('resize', () => this.#grow());
    form.querySelector('.send').disabled = false;
    if (this.#input.value === '') this.#input.value = text;
    this.#show();
  }

  /** Puts the caret into the field. */
  focus() {
    this.#input.focus();
  }

  /** Puts a text before what stands in the field, and the caret after it. `reason` says why it was not sent. */
  put(text, reason = '') {
    const rest = this.#input.value;
    this.#input.value = rest === '' ? text : `${text}\n${rest}`;
    this.#input.setSelectionRange(text.length, text.length);
    this.#edited();
    this.#error.textContent = reason;
    this.focus();
  }

  #pressed(event) {
    const isComposing = event.isComposing || event.keyCode === KEY_OF_INPUT_METHOD;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    if (this.#fingers.matches && !event.ctrlKey && !event.metaKey) return;
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
    } else if (wrong === 'too_long') {
      this.#error.textContent = texts.composer.tooLong(countChars(text), MAX_CHARS);
      this.#input.setAttribute('aria-invalid', 'true');
    } else if (wrong === 'control') {
      this.#nameControl();
    }
  }

  /** Says which one it is and selects it, as it is drawn as nothing. */
  #nameControl() {
    const { index } = firstControl(this.#input.value);
    this.#namesControl = true;
    this.#show();
    this.#input.setSelectionRange(index, index + 1);
  }

  #edited() {
    this.#show();
    this.#changed(this.#input.value);
  }

  /** A reason stays only while it holds; of what is too long the counter tells, which goes with each key. */
  #show() {
    const { count, isTooMuch, say } = this.#counter.update(this.#input.value);
    const control = this.#namesControl ? firstControl(this.#input.value) : null;
    const hasControl = control !== null;
    this.#namesControl = hasControl;
    const reason = hasControl ? texts.composer.control(control) : '';
    // What stays the same is left alone: it would be read out at each key.
    if (this.#error.textContent !== reason) this.#error.textContent = reason;
    if (isTooMuch || hasControl) this.#input.setAttribute('aria-invalid', 'true');
    else this.#input.removeAttribute('aria-invalid');
    this.#count.textContent = count === null ? '' : texts.counter.seen(count, MAX_CHARS);
    this.#count.toggleAttribute('data-too-much', isTooMuch);
    if (say) this.#countStatus.textContent = texts.counter.said(count, MAX_CHARS);
    else if (count === null) this.#countStatus.textContent = '';
    this.#grow();
  }

  #grow() {
    this.#input.toggleAttribute('data-tangled', isTangled(this.#input.value));
    const borders = this.#input.offsetHeight - this.#input.clientHeight;
    this.#input.style.height = 'auto';
    this.#input.style.height = `${this.#input.scrollHeight + borders}px`;
  }
}
