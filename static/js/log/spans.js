/**
 * Which numbers of a log are known: spans without a hole, in order, and the gaps between them. Knows no messages.
 */

/**
 * @typedef {object} Span
 * @property {number} id stays while the span grows; the gap before a span is named by it
 * @property {number} from
 * @property {number} to `from - 1` in a span without a number
 */

export class Spans {
  #spans = [];
  #lastId = 0;

  constructor(from, to) {
    this.#spans.push(this.#make(from, to));
  }

  /** @returns {Span} */
  get first() {
    return this.#spans[0];
  }

  /** @returns {Span} */
  get last() {
    return this.#spans.at(-1);
  }

  /** The span in which a number is, or null. */
  holding(number) {
    return this.#spans.find(({ from, to }) => from <= number && number <= to) ?? null;
  }

  /** The span before another, or null. */
  before(span) {
    return this.#spans[this.#spans.indexOf(span) - 1] ?? null;
  }

  /** Makes the numbers from one to another known. Spans that meet become one, under the name of the first. */
  add(from, to) {
    if (to < from) return;
    const met = this.#spans.filter((span) => span.from <= to + 1 && span.to >= from - 1);
    const whole = this.#make(Math.min(from, met[0]?.from ?? from), Math.max(to, met.at(-1)?.to ?? to));
    whole.id = met[0]?.id ?? whole.id;
    const earlier = this.#spans.filter((span) => span.to < from - 1);
    const later = this.#spans.filter((span) => span.from > to + 1);
    this.#spans = [...earlier, whole, ...later];
  }

  /** Makes the numbers from one to another unknown. */
  forget(from, to) {
    this.#spans = this.#spans.flatMap((span) => {
      if (span.to < from || span.from > to) return [span];
      const parts = [];
      if (span.from < from) parts.push({ ...span, to: from - 1 });
      if (span.to > to) parts.push(this.#make(to + 1, span.to));
      return parts;
    });
  }

  #make(from, to) {
    this.#lastId += 1;
    return { id: this.#lastId, from, to };
  }
}
