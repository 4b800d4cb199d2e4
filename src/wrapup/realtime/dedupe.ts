import { createHash } from 'node:crypto';

/** Remembers recent keys, because events arrive twice and an intercepted request could be replayed. */
export class Seen {
  readonly #keys = new Map<string, number>();
  readonly sizeMax: number;

  constructor(sizeMax: number) {
    this.sizeMax = sizeMax;
  }

  /** Returns true if the key was not seen before, and records it. */
  isNew(text: string, nowMs = 0): boolean {
    const key = createHash('sha256').update(text).digest('base64');
    if (this.#keys.has(key)) return false;
    this.#keys.set(key, nowMs);
    const oldest = this.#keys.keys().next().value;
    if (this.#keys.size > this.sizeMax && oldest !== undefined) this.#keys.delete(oldest);
    return true;
  }

  /** Removes a key, so that a request that was not carried out may be repeated. */
  forget(text: string): void {
    this.#keys.delete(createHash('sha256').update(text).digest('base64'));
  }

  /** Removes keys older than any acceptable timestamp; returns how many are left. */
  forgetBefore(ms: number): number {
    for (const [key, atMs] of this.#keys) {
      if (atMs >= ms) break;
      this.#keys.delete(key);
    }
    return this.#keys.size;
  }
}
