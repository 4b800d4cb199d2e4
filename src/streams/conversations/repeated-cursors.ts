/** Limits how often a cursor may occur: the second time costs a page and may be followed by a new one, the third time means an endless loop. */
const timesMax = 2;

/** Counts the cursors of one listing, to detect that it does not end. */
export class RepeatedCursors {
  readonly #times = new Map<string, number>();

  /** Records `cursor` and returns true when the listing loops. */
  isEndless(cursor: string): boolean {
    const times = (this.#times.get(cursor) ?? 0) + 1;
    this.#times.set(cursor, times);
    return times > timesMax;
  }
}
