/**
 * The known numbers of a log: contiguous spans in order, with gaps between them. Does not hold messages.
 */

/**
 * @typedef {object} Span
 * @property {number} id constant while the span grows; also identifies the gap before the span
 * @property {number} from
 * @property {number} to `from - 1` in an empty span
 */

export class Spans {
  #spans = [];
  #lastId = 0;

  constructor(from, to) {
    this.#spans.push(this.#create(from, to));
  }

  /** @returns {Span} */
  get first() {
    return this.#spans[0];
  }

  /** @returns {Span} */
  get last() {
    return this.#spans.at(-1);
  }

  /** Returns the span that contains a number, or null. */
  holding(number) {
    return this.#spans.find(({ from, to }) => from <= number && number <= to) ?? null;
  }

  /** Returns the span before another one, or null. */
  before(span) {
    return this.#spans[this.#spans.indexOf(span) - 1] ?? null;
  }

  /** Adds the numbers from one to another. Adjacent spans are merged and keep the id of the first. */
  add(from, to) {
    if (to < from) return;
    const met = this.#spans.filter((span) => span.from <= to + 1 && span.to >= from - 1);
    const whole = this.#create(Math.min(from, met[0]?.from ?? from), Math.max(to, met.at(-1)?.to ?? to));
    whole.id = met[0]?.id ?? whole.id;
    const earlier = this.#spans.filter((span) => span.to < from - 1);
    const later = this.#spans.filter((span) => span.from > to + 1);
    this.#spans = [...earlier, whole, ...later];
  }

  /** Removes the numbers from one to another. */
  forget(from, to) {
    this.#spans = this.#spans.flatMap((span) => {
      if (span.to < from || span.from > to) return [span];
      const parts = [];
      if (span.from < from) parts.push({ ...span, to: from - 1 });
      if (span.to > to) parts.push(this.#create(to + 1, span.to));
      return parts;
    });
  }

  #create(from, to) {
    this.#lastId += 1;
    return { id: this.#lastId, from, to };
  }
}
