/** Time for which several viewers share one result. */
const keepMs = 5_000;
const answersMax = 50;

interface Kept<T> {
  readonly atMs: number;
  readonly answer: Promise<T>;
}

/**
 * Shares one reading among all who ask the same within a few seconds, while it is under way included: a wall of screens costs the database
 * what one screen does. A reading that failed is not kept.
 */
export class RecentAnswers<T> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #clockMs: () => number;

  constructor(clockMs: () => number) {
    this.#clockMs = clockMs;
  }

  get(key: string, read: () => Promise<T>): Promise<T> {
    const found = this.#kept.get(key);
    if (found !== undefined && this.#clockMs() - found.atMs < keepMs) return found.answer;
    const answer = read();
    this.#kept.delete(key);
    this.#kept.set(key, { atMs: this.#clockMs(), answer });
    answer.catch(() => this.#kept.delete(key));
    this.#dropOldest();
    return answer;
  }

  /** In the order of their times: what is kept no longer is at the front. */
  #dropOldest(): void {
    for (const [key, { atMs }] of this.#kept) {
      if (this.#kept.size <= answersMax && this.#clockMs() - atMs < keepMs) return;
      this.#kept.delete(key);
    }
  }
}
