interface Waiter {
  readonly priority: number;
  readonly begin: () => void;
}

/**
 * Limits how many tasks run at once; waiting tasks start by priority, the smallest number first,
 * then in order of arrival.
 */
export class Slots {
  readonly #waiters: Waiter[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(priority: number, work: () => Promise<T>): Promise<T> {
    await this.#take(priority);
    try {
      return await work();
    } finally {
      this.#give();
    }
  }

  async #take(priority: number): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((begin) => {
      const place = this.#waiters.findIndex((other) => other.priority > priority);
      this.#waiters.splice(place === -1 ? this.#waiters.length : place, 0, { priority, begin });
    });
  }

  /** Passes a slot to the first waiter without releasing it in between. */
  #give(): void {
    const next = this.#waiters.shift();
    if (next === undefined) this.#free += 1;
    else next.begin();
  }
}
