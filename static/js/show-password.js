/**
 * Lets people see the password that they type, until they send it. The buttons and their words are the page's; without
 * this module they stay hidden.
 */

/** Brings the page's buttons to life. */
export function letShowPasswords(document) {
  for (const button of document.querySelectorAll('button.show')) {
    const input = document.getElementById(button.getAttribute('aria-controls'));

    const show = (isShown) => {
      input.type = isShown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(isShown));
    };

    button.hidden = false;
    button.addEventListener('click', () => show(input.type === 'password'));
    // A field of text would be remembered by the browser.
    input.form.addEventListener('submit', () => show(false));
  }
}

letShowPasswords(document);
