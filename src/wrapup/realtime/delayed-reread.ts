/**
 * Delayed re-reads: analytics lag some seconds behind events, so a conversation is read once more a while after its last event.
 * Holds each once, and never more than a bound: what is beyond it is polling's to find.
 */
export class FollowUps {
  readonly #dueMs = new Map<string, number>();
  /** Waiting for their second look or just having it: it is the last one, unless a new event comes. */
  readonly #second = new Set<string>();
  readonly #sizeMax: number;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** An event came: whatever is looked at next is a first look again. */
  begin(ids: readonly string[]): void {
    for (const id of ids) this.#second.delete(id);
  }

  /** These were read; those that this was the first look for have another one at `dueMs`. */
  wasRead(ids: readonly string[], dueMs: number): void {
    for (const id of ids) {
      if (this.#second.delete(id) || this.#dueMs.size >= this.#sizeMax) continue;
      // Last, since the order of the map is that of the times.
      this.#dueMs.delete(id);
      this.#dueMs.set(id, dueMs);
    }
  }

  /** Returns conversations that are due, at most `limit`, each once. */
  due(nowMs: number, limit: number): string[] {
    const due: string[] = [];
    for (const [id, dueMs] of this.#dueMs) {
      if (dueMs > nowMs || due.length >= limit) break;
      due.push(id);
    }
    for (const id of due) {
      this.#dueMs.delete(id);
      this.#second.add(id);
    }
    return due;
  }
}
