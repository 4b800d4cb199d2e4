import { linkSignals } from './abort.js';

/**
 * Bounds the requests that are sent before it is their turn, of all listings and queries of a process together. `wanted` returns how many
 * are worth while now; the answers that wait for their turn are in memory, hence `requestsMax`.
 */
export class LookAhead {
  readonly #wanted: () => number;
  readonly #requestsMax: number;
  #taken = 0;

  constructor(wanted: () => number, requestsMax: number) {
    this.#wanted = wanted;
    this.#requestsMax = requestsMax;
  }

  /** Returns false where no further request may be ahead; `give` must follow where it returns true. */
  take(): boolean {
    if (this.#taken >= Math.min(this.#requestsMax, this.#wanted())) return false;
    this.#taken += 1;
    return true;
  }

  give(): void {
    this.#taken -= 1;
  }
}

export interface Numbered<T> {
  readonly first: number;
  /** Asks for one item. The signal aborts when nobody wants it any more. */
  readonly ask: (number: number, signal: AbortSignal) => Promise<T>;
  /** Returns the number of the last item, as far as this one shows it. Nothing beyond is asked for before its turn. */
  readonly lastOf: (item: T, number: number) => number;
  /** The number of the last item, where it is known before the first one. */
  readonly last?: number;
  /** Gets what was answered and is not wanted any more. */
  readonly drop?: (item: T) => void;
  /** Without it, each item is asked for when its turn comes. */
  readonly lookAhead?: LookAhead | undefined;
  readonly signal: AbortSignal;
}

/**
 * Yields numbered items in order, while the next ones are on their way already. The consumer leaves at the last one; there is no
 * other end. An error comes in its turn, after the items before it.
 */
export async function* inOrder<T>(asked: Numbered<T>): AsyncGenerator<T, never, void> {
  const ending = new AbortController();
  const link = linkSignals([asked.signal, ending.signal]);
  const ahead: Promise<T>[] = [];
  let next = asked.first;
  let last = asked.last ?? asked.first;
  const start = (): Promise<T> => {
    const item = asked.ask(next, link.signal);
    // Its error is thrown in its turn.
    item.catch(() => {});
    next += 1;
    return item;
  };
  try {
    for (let number = asked.first; ; number += 1) {
      const head = ahead.shift();
      if (head !== undefined) asked.lookAhead?.give();
      const item = head ?? start();
      while (next <= last && asked.lookAhead?.take()) ahead.push(start());
      last = asked.lastOf(await item, number);
      yield item;
    }
  } finally {
    ending.abort(new Error('Nobody wants the answer any more.'));
    link.unlink();
    for (const item of ahead) {
      asked.lookAhead?.give();
      void item.then((value) => asked.drop?.(value)).catch(() => {});
    }
  }
}
