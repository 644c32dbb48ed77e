/**
 * One's own name in the corner, which may be changed in another tab or by a program while the page is open.
 */

import { fillFace } from '../log/message-view.js';

export class OwnName {
  #me;
  #name;
  #faces;

  /** `me` is the one person that all parts of the page share; `name` and `faces` are where that is shown. */
  constructor({ me, name, faces }) {
    this.#me = me;
    this.#name = name;
    this.#faces = faces;
    this.#show();
  }

  /** These people were met under the names that they bear now. */
  note(people) {
    const name = people.find(({ id }) => id === this.#me.id)?.display_name;
    if (name === undefined || name === this.#me.display_name) return;
    this.#me.display_name = name;
    this.#show();
  }

  #show() {
    this.#name.textContent = this.#me.display_name;
    for (const face of this.#faces) fillFace(face, this.#me);
  }
}
