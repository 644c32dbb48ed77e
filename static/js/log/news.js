/**
 * What is news in the list, and how it is read out: by the log itself where that is all that is put into it, else as a
 * number. Knows neither the server nor where the reader is.
 */

import { Announcer } from './announcer.js';
import * as texts from '../texts.js';

export class News {
  #me;
  #pane;
  #announcer;
  /** What came by itself since the list was drawn. */
  #messages = [];

  /** `say(sentence)` has a sentence read out apart from the log. */
  constructor({ me, pane, say, announcer = new Announcer({ say, words: texts.news }) }) {
    this.#me = me;
    this.#pane = pane;
    this.#announcer = announcer;
  }

  /** Messages came by themselves. */
  hear(messages) {
    this.#messages.push(...messages);
  }

  /** Messages came late, and there are more before them if `areMore`. */
  miss(messages, { areMore }) {
    this.#announcer.count(this.#ofOthers(messages), { areMore });
  }

  /** A message of one's own failed. */
  tellFailure({ refusal }) {
    this.#announcer.tell(texts.state.failed(texts.problem(refusal)));
  }

  /** These rows are put into the list now. Returns the messages among them that just came. */
  announce(added) {
    const messages = added.filter(({ kind }) => kind === 'message' || kind === 'own');
    const news = messages.filter(({ kind, entry }) => kind === 'own' || this.#messages.includes(entry));
    const isAllNews = news.length > 0 && news.length === messages.length;
    const isInLog = isAllNews && news.length >= this.#messages.length && this.#pane.isSpeaking;
    const count = this.#ofOthers(this.#messages);
    const isRead = count === 0 ? isAllNews : this.#announcer.arrived(count, { isInLog });
    if (added.length > 0 && !isRead) this.#pane.silence();
    this.#messages = [];
    return new Set(news);
  }

  #ofOthers(messages) {
    return messages.filter(({ sender }) => sender?.id !== this.#me.id).length;
  }
}
