import { createHash } from 'node:crypto';

/** Remembers the last keys: events come twice, and an overheard request can be sent again. */
export class Seen {
  readonly #keys = new Map<string, number>();
  readonly sizeMax: number;

  constructor(sizeMax: number) {
    this.sizeMax = sizeMax;
  }

  /** True where this was not seen yet; from now on it is. */
  isNew(text: string, nowMs = 0): boolean {
    const key = createHash('sha256').update(text).digest('base64');
    if (this.#keys.has(key)) return false;
    this.#keys.set(key, nowMs);
    const oldest = this.#keys.keys().next().value;
    if (this.#keys.size > this.sizeMax && oldest !== undefined) this.#keys.delete(oldest);
    return true;
  }

  /** It may come again: what it asked for was not done. */
  forget(text: string): void {
    this.#keys.delete(createHash('sha256').update(text).digest('base64'));
  }

  /** Lets go of what is older than anything that would still be believed; returns how many are left. */
  forgetBefore(ms: number): number {
    for (const [key, atMs] of this.#keys) {
      if (atMs >= ms) break;
      this.#keys.delete(key);
    }
    return this.#keys.size;
  }
}
