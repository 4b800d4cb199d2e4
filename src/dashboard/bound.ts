/** More is asked of the page than the database is to be burdened with. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** Counts what is under way and refuses what is too much, at once: waiting in a line would only hide that there is one. */
export class Bound {
  readonly #countMax: number;
  #count = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** Returns what is to be called once at the end. */
  enter(): () => void {
    if (this.#count >= this.#countMax) throw new BusyError('Too much is being read at once. Try again in a moment.');
    this.#count += 1;
    let isIn = true;
    return () => {
      if (isIn) this.#count -= 1;
      isIn = false;
    };
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const leave = this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
