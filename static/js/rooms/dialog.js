/**
 * A modal dialog of the page: opens, shows what went wrong, and closes by its own buttons. The browser keeps the focus
 * inside and returns it.
 */

export class Dialog {
  #element;
  #returnFocus;

  /** `closed()` is called after closing; `returnFocus()` when the element that had the focus is not visible any more. */
  constructor(element, { closed = () => {}, returnFocus }) {
    this.#element = element;
    this.#returnFocus = returnFocus;
    element.addEventListener('click', ({ target }) => target.closest('[data-close]') && this.close());
    element.addEventListener('close', () => {
      closed();
      if (document.activeElement === document.body) this.#returnFocus();
    });
  }

  get element() {
    return this.#element;
  }

  get isOpen() {
    return this.#element.open;
  }

  /** Returns the first element that matches. */
  find(css) {
    return this.#element.querySelector(css);
  }

  open() {
    this.problem('');
    if (!this.#element.open) this.#element.showModal();
  }

  close() {
    if (this.#element.open) this.#element.close();
  }

  /** Shows and announces a problem, or removes it. */
  problem(words) {
    const line = this.find('.dialog-error');
    if (line !== null && line.textContent !== words) line.textContent = words;
  }
}

/** Asks before something that cannot be undone by the user. */
export class Confirmation {
  #dialog;
  #go;
  #answer = () => {};

  constructor(element, { returnFocus }) {
    this.#dialog = new Dialog(element, { closed: () => this.#answer(false), returnFocus });
    this.#go = this.#dialog.find('.confirm-go');
    this.#go.addEventListener('click', () => {
      this.#answer(true);
      this.#dialog.close();
    });
  }

  /** Resolves to whether the user agreed. */
  ask({ title, about, go }) {
    this.#dialog.find('.confirm-title').textContent = title;
    this.#dialog.find('.confirm-about').textContent = about;
    this.#go.textContent = go;
    this.#dialog.open();
    return new Promise((resolve) => (this.#answer = resolve));
  }
}
