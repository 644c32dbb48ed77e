/**
 * The buttons that show a typed password until it is sent. The server renders them with their words; without this
 * script they stay hidden.
 */

/** Activates the page's buttons. */
export function activatePasswordButtons(document) {
  for (const button of document.querySelectorAll('button.show')) {
    const input = document.getElementById(button.getAttribute('aria-controls'));

    const show = (isShown) => {
      input.type = isShown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(isShown));
    };

    button.hidden = false;
    button.addEventListener('click', () => show(input.type === 'password'));
    // A browser would remember the value of a text field.
    input.form.addEventListener('submit', () => show(false));
  }
}
