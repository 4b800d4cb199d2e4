/**
 * Schedules delayed re-reads: analytics lag seconds behind events, so a conversation is read once
 * more some time after its last event. Holds each conversation once, up to a limit; polling finds
 * the others.
 */
export class FollowUps {
  readonly #dueMs = new Map<string, number>();
  /** Conversations that wait for their second read, or are in it; it is the last one unless a new event arrives. */
  readonly #second = new Set<string>();
  readonly #sizeMax: number;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** Records an event: the next read of these conversations is a first read again. */
  begin(ids: readonly string[]): void {
    for (const id of ids) this.#second.delete(id);
  }

  /** Records a read; those for which it was the first are read again at `dueMs`. */
  wasRead(ids: readonly string[], dueMs: number): void {
    for (const id of ids) {
      if (this.#second.delete(id) || this.#dueMs.size >= this.#sizeMax) continue;
      // Inserted last, because the map is ordered by time.
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
