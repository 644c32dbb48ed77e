/**
 * The menu of a menu button (WAI-ARIA Authoring Practices, "Menu Button"): arrow keys, Home and End move in it; Escape,
 * Tab, and a press elsewhere close it. One element serves many buttons. Does not decide what is in it.
 */

const GAP_PX = 4;

export class Menu {
  #element = document.createElement('div');
  #button = null;

  /** The menu is put into `parent`; `label` is its name; it is removed when `signal` aborts. */
  constructor(parent, { label, signal }) {
    // A press on the button must close it by its click alone, so the browser must not close it before.
    Object.assign(this.#element, { className: 'popup-menu', popover: 'manual', role: 'menu', ariaLabel: label });
    this.#element.addEventListener('keydown', (event) => this.#pressed(event));
    this.#element.addEventListener('focusout', ({ relatedTarget: next }) => next !== null && this.#isOutside(next) && this.#hide());
    document.addEventListener('pointerdown', ({ target }) => this.#isOutside(target) && this.#hide(), { signal });
    parent.append(this.#element);
    signal.addEventListener('abort', () => this.#element.remove());
  }

  /** Opens the menu beside a button, with `items`: `{words, action}`. Pressing the button again closes it. */
  open(button, items) {
    if (this.#button === button) {
      this.#close();
      return;
    }
    this.#hide();
    this.#element.replaceChildren(...items.map((item) => this.#create(item)));
    this.#button = button;
    button.setAttribute('aria-expanded', 'true');
    this.#element.showPopover();
    this.#place();
    this.#element.firstElementChild.focus();
  }

  #create({ words, action }) {
    const item = document.createElement('button');
    Object.assign(item, { type: 'button', role: 'menuitem', tabIndex: -1, textContent: words });
    item.addEventListener('click', () => {
      // The focus returns to the button first: the action may move it.
      this.#close();
      action();
    });
    return item;
  }

  /** The focus returns to the button. */
  #close() {
    const button = this.#button;
    this.#hide();
    button.focus();
  }

  #hide() {
    if (this.#button === null) return;
    this.#button.setAttribute('aria-expanded', 'false');
    this.#button = null;
    this.#element.hidePopover();
  }

  #isOutside(node) {
    return !this.#element.contains(node) && !this.#button?.contains(node);
  }

  /** Below the button if there is space, else above it; inside of the page. */
  #place() {
    const { top, bottom, right } = this.#button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#element;
    const below = bottom + GAP_PX;
    const fits = below + height <= innerHeight;
    const [x, y] = [Math.max(right - width, GAP_PX), fits ? below : Math.max(top - GAP_PX - height, GAP_PX)];
    Object.assign(this.#element.style, { left: `${x}px`, top: `${y}px` });
  }

  #pressed(event) {
    const items = [...this.#element.children];
    const at = items.indexOf(document.activeElement);
    const targets = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 };
    const target = items[targets[event.key] % items.length];
    if (target !== undefined) target.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') this.#close();
    else return;
    // After Tab the focus continues from the button.
    if (event.key !== 'Tab') event.preventDefault();
  }
}
