/**
 * Where one writes: the composer, its draft, the outbox and the lane in which that is kept, each told of the others.
 * Holds no rule of its own.
 */

import { Claims } from './claims.js';
import { Composer } from './composer.js';
import { Draft } from './draft.js';
import { Lanes } from './lanes.js';
import { Outbox } from './outbox.js';
import { randomId } from './random-id.js';
import { openStorage } from '../storage.js';
import { StrayKeys } from './stray-keys.js';
import * as texts from '../texts.js';

export class Writing {
  #composer;
  #draft;
  #lanes;
  #outbox;
  #discard;

  /**
   * `send`, `changed` and `stored` are the outbox's; `discard(id)` takes a message out of the page; `edited(raw)` is
   * told what the field holds; `me` is the id of the one who writes; `known` are the ids of one's own messages that
   * the page was born with. Resolves once there is everything that was kept.
   */
  static async open({ form, me, room, known, send, changed, stored, discard, edited }) {
    const local = openStorage('localStorage');
    const session = openStorage('sessionStorage');
    const lanes = new Lanes({ user: me, local, session, locks: locksOf(local), newId: randomId });
    await lanes.open();
    const outbox = new Outbox({ send, changed, stored, keep: (items) => lanes.keep(items) });
    const draft = new Draft({ storage: local, user: me, room, lanes });
    await draft.adopt();
    const writing = new Writing({ lanes, outbox, draft, discard });
    known.forEach((id) => outbox.settle({ id }));
    outbox.restore(lanes.load());
    await writing.#adopt();
    writing.#begin(form, edited);
    return writing;
  }

  constructor({ lanes, outbox, draft, discard }) {
    this.#lanes = lanes;
    this.#outbox = outbox;
    this.#draft = draft;
    this.#discard = discard;
  }

  /** How many messages are not sent. */
  get unsent() {
    return this.#outbox.count;
  }

  /** The same, with what tabs that are gone have left, which is this one's from now on. */
  async gatherUnsent() {
    await this.#lanes.gather((items) => this.#outbox.restore(items));
    return this.unsent;
  }

  /** The connection is there, and what the log holds was settled. Tabs that went meanwhile may have left something. */
  async connected() {
    this.#outbox.open();
    await this.#adopt();
  }

  /** The connection is gone. */
  disconnected() {
    this.#outbox.pause();
  }

  /** The log holds this message of one's own. */
  settle(entry) {
    this.#outbox.settle(entry);
  }

  /** Sends a failed message again. Its button goes away, and the focus must not go with it: so also below. */
  resend(id) {
    this.#outbox.retry(id);
    this.focus();
  }

  /** Takes a failed message back into the field. */
  edit(id) {
    const item = this.#outbox.drop(id);
    if (item === null) return;
    this.#discard(id);
    this.#composer.put(item.text, texts.state.failed(texts.problem(item.refusal)));
  }

  /** Gives up a failed message. */
  drop(id) {
    if (this.#outbox.drop(id) !== null) this.#discard(id);
    this.focus();
  }

  /**
   * Forgets what is unsent and what was begun, also by tabs that are gone: the next one at this computer is somebody
   * else. What a living tab holds stays its own.
   */
  async forget() {
    this.#outbox.clear();
    await this.#lanes.forget();
    await this.#draft.forget();
  }

  focus() {
    this.#composer.focus();
  }

  #adopt() {
    return this.#lanes.adopt((items) => this.#outbox.restore(items));
  }

  #begin(form, edited) {
    this.#composer = new Composer(form, {
      text: this.#draft.load(),
      send: (text) => this.#outbox.add(text),
      changed: (raw) => {
        this.#draft.keep(raw);
        edited(raw);
      },
    });
    new StrayKeys({ selection: () => getSelection() }).watch(document, () => this.focus());
    addEventListener('beforeunload', (event) => {
      if (this.#outbox.hasUnkept) event.preventDefault();
    });
  }
}

/** Null where nothing tells whether another tab lives. */
function locksOf(storage) {
  if (navigator.locks !== undefined) return navigator.locks;
  if (globalThis.BroadcastChannel === undefined) return null;
  return new Claims({ storage, channel: new BroadcastChannel('natter.claims'), page: randomId(), window });
}
