/**
 * Lets answers that are stored one after the other enter the memory one after the other. A later one that holds memory while an earlier
 * one waits for it would keep it for ever.
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
