import { linkSignals } from './abort.js';

/**
 * Limits the requests that all listings and queries of a process send ahead of their turn. `wanted`
 * returns how many are useful now; responses that wait for their turn are in memory, hence
 * `requestsMax`.
 */
export class LookAhead {
  readonly #wanted: () => number;
  readonly #requestsMax: number;
  #taken = 0;

  constructor(wanted: () => number, requestsMax: number) {
    this.#wanted = wanted;
    this.#requestsMax = requestsMax;
  }

  /** Returns false if no further request may be sent ahead; `give` must follow if it returns true. */
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
  /** Requests one item. The signal aborts when it is no longer needed. */
  readonly ask: (number: number, signal: AbortSignal) => Promise<T>;
  /** Returns the number of the last item, as far as this one shows it. Items beyond it are not requested ahead. */
  readonly lastOf: (item: T, number: number) => number;
  /** Number of the last item, if it is known in advance. */
  readonly last?: number;
  /** Receives items that were answered but are no longer needed. */
  readonly drop?: (item: T) => void;
  /** Without it, each item is requested when its turn comes. */
  readonly lookAhead?: LookAhead | undefined;
  readonly signal: AbortSignal;
}

/**
 * Yields numbered items in order while the next ones are already in flight. It does not end on its
 * own: the consumer stops at the last item. An error is thrown in its turn, after the items before
 * it.
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
