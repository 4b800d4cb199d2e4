/**
 * Admits responses to memory in the order in which they are stored. A later one that holds memory
 * for which an earlier one waits would be a deadlock.
 */
export class ReadOrder {
  #last: Promise<void> = Promise.resolve();

  next(): { readonly came: Promise<void>; pass(): void } {
    const came = this.#last;
    let pass: () => void = () => {};
    this.#last = new Promise((resolve) => {
      pass = resolve;
    });
    return { came, pass: () => void came.then(pass) };
  }
}
