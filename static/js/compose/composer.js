/**
 * The form for a message. Enter sends, Shift+Enter breaks the line. A text that cannot be sent stays in the field, with
 * the reason beside it. The field is never disabled, whatever the connection's state.
 *
 * On touch screens Enter breaks the line, as on phones: there is no Shift key to hold, and the button is near. Ctrl+Enter
 * or Cmd+Enter sends everywhere, for a tablet with a keyboard.
 */

import { isTangled } from '../log/text-layout.js';
import { MentionCompletion } from './mention-completion.js';
import { CharacterCounter, countChars, firstControl, MAX_CHARS, normalise, pasteable, textError } from './text-rules.js';
import * as texts from '../texts.js';

/** The code of keys that go to an input method, for browsers that set `isComposing` too late. */
const INPUT_METHOD_KEY_CODE = 229;

/** The time for an insertion that can be undone grows with the square of its lines: 5,000 took Chromium 50 s. */
const MAX_UNDOABLE_LINES = 100;

export class Composer {
  #input;
  #error;
  #count;
  #countStatus;
  #send;
  #changed;
  #counter = new CharacterCounter();
  #showsControlError = false;
  #completion;
  #touch = matchMedia('(pointer: coarse)');

  /**
   * `send(text)` gets each text to send, `changed(raw)` the content of the field after each change. `text` is the initial
   * content, unless the user typed before the script ran. `people` is `{me, people, find}` as `MentionCompletion` takes it.
   */
  constructor(form, { send, people, changed = () => {}, text = '', signal }) {
    this.#input = form.querySelector('.message-input');
    this.#error = form.querySelector('.composer-error');
    this.#count = form.querySelector('.counter');
    this.#countStatus = form.querySelector('.counter-status');
    this.#send = send;
    this.#changed = changed;
    this.#completion = new MentionCompletion({ form, field: this.#input, insert, signal, ...people });
    this.#listen(form, signal);
    this.#input.enterKeyHint = this.#touch.matches ? 'enter' : 'send';
    form.querySelector('.send').disabled = false;
    if (this.#input.value === '') this.#input.value = text;
    this.#render();
  }

  /** Moves the focus to the field. */
  focus() {
    this.#input.focus();
  }

  /** Inserts a text before the content of the field, and moves the cursor after it. `reason`: why it was not sent. */
  insert(text, reason = '') {
    const rest = this.#input.value;
    this.#input.value = rest === '' ? text : `${text}\n${rest}`;
    this.#input.setSelectionRange(text.length, text.length);
    this.#edited();
    this.#error.textContent = reason;
    this.focus();
  }

  /** Mentions a person where the cursor is, and moves the focus to the field. */
  mention({ username }) {
    const before = this.#input.value.charAt(this.#input.selectionStart - 1);
    this.focus();
    insert(this.#input, `${/^\S/u.test(before) ? ' ' : ''}${texts.handle(username)} `);
  }

  #listen(form, signal) {
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    form.addEventListener('submit', submit, { signal });
    this.#input.addEventListener('keydown', (event) => this.#pressed(event), { signal });
    this.#input.addEventListener('input', () => this.#edited(), { signal });
    cleanPastes(this.#input, signal);
    addEventListener('resize', () => this.#resize(), { signal });
  }

  #pressed(event) {
    const isComposing = event.isComposing || event.keyCode === INPUT_METHOD_KEY_CODE;
    if (isComposing || this.#completion.pressed(event) || event.key !== 'Enter' || event.shiftKey) return;
    if (this.#touch.matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = normalise(this.#input.value);
    const error = textError(text);
    this.focus();
    if (error === null) {
      this.#input.value = '';
      this.#edited();
      this.#send(text);
    } else if (error === 'too_long') {
      this.#error.textContent = texts.composer.tooLong(countChars(text), MAX_CHARS);
      this.#input.setAttribute('aria-invalid', 'true');
    } else if (error === 'control') {
      this.#showControlError();
    }
  }

  /** Names the character and selects it, because it is invisible. */
  #showControlError() {
    const { index } = firstControl(this.#input.value);
    this.#showsControlError = true;
    this.#render();
    this.#input.setSelectionRange(index, index + 1);
  }

  #edited() {
    this.#render();
    this.#changed(this.#input.value);
    this.#completion.update();
  }

  #render() {
    const counted = this.#counter.update(this.#input.value);
    const control = this.#showsControlError ? firstControl(this.#input.value) : null;
    this.#showsControlError = control !== null;
    const error = control === null ? '' : texts.composer.control(control);
    // An unchanged error is not written: a screen reader would read it with each key.
    if (this.#error.textContent !== error) this.#error.textContent = error;
    if (counted.isTooLong || control !== null) this.#input.setAttribute('aria-invalid', 'true');
    else this.#input.removeAttribute('aria-invalid');
    this.#renderCount(counted);
    this.#resize();
  }

  #renderCount({ count, isTooLong, announce }) {
    this.#count.textContent = count === null ? '' : texts.counter.visible(count, MAX_CHARS);
    this.#count.toggleAttribute('data-too-much', isTooLong);
    if (announce) this.#countStatus.textContent = texts.counter.announced(count, MAX_CHARS);
    else if (count === null) this.#countStatus.textContent = '';
  }

  /** The field grows with its content. */
  #resize() {
    this.#input.toggleAttribute('data-tangled', isTangled(this.#input.value));
    const borders = this.#input.offsetHeight - this.#input.clientHeight;
    this.#input.style.height = 'auto';
    this.#input.style.height = `${this.#input.scrollHeight + borders}px`;
  }
}

/**
 * Removes the characters that cannot be sent from pasted text: escape sequences of a terminal, page breaks of a document.
 * The user can undo it like any paste, unless it has very many lines.
 */
function cleanPastes(field, signal) {
  const paste = (event) => {
    const raw = event.clipboardData?.getData('text/plain') ?? '';
    const text = pasteable(raw);
    // The field itself converts CRLF and CR.
    if (text === raw.replace(/\r\n?/g, '\n')) return;
    event.preventDefault();
    insert(field, text);
  };
  field.addEventListener('paste', paste, { signal });
}

function insert(field, text) {
  const isEmpty = field.selectionStart === field.selectionEnd;
  if (text === '' && isEmpty) return;
  // Deprecated without a replacement: nothing else keeps the browser's undo history.
  const isUndoable = text.split('\n').length <= MAX_UNDOABLE_LINES;
  if (isUndoable && document.execCommand(text === '' ? 'delete' : 'insertText', false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
