/** Queue of conversations to read after an event: each once, however often it is named, up to a limit. */
export class ConversationQueue {
  readonly #waiting = new Set<string>();
  readonly #sizeMax: number;
  #wake: () => void = () => {};

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Adds conversations; returns how many of them are queued, fewer than given when the queue is full. */
  add(ids: readonly string[]): number {
    let taken = 0;
    for (const id of ids) {
      if (!this.#waiting.has(id) && this.#waiting.size >= this.#sizeMax) continue;
      this.#waiting.add(id);
      taken += 1;
    }
    if (taken > 0) this.#wake();
    return taken;
  }

  /** Returns true when all of these could be added. */
  hasRoomFor(ids: readonly string[]): boolean {
    return this.#waiting.size + ids.filter((id) => !this.#waiting.has(id)).length <= this.#sizeMax;
  }

  /**
   * Takes the oldest, at most `limit`. One that is named again while it is being read is queued
   * again, because the event may be newer than the response.
   */
  take(limit: number): string[] {
    const taken = [...this.#waiting].slice(0, limit);
    for (const id of taken) this.#waiting.delete(id);
    return taken;
  }

  /** Resolves when there is something to take, or the signal aborts. */
  filled(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size > 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        this.#wake = () => {};
        resolve();
      };
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
