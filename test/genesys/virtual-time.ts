import { setImmediate } from 'node:timers/promises';

interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
}

/** A clock that jumps to the next timer once everything else has come to rest. */
export class VirtualTime {
  nowMs = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();

  readonly clockMs = () => this.nowMs;
  readonly now = () => new Date(this.nowMs);

  readonly sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer: Timer = { atMs: this.nowMs + ms, fire: resolve };
      this.#timers.add(timer);
      signal?.addEventListener('abort', () => {
        this.#timers.delete(timer);
        reject(signal.reason);
      });
    });

  /** Runs until `untilMs` from now, or until nothing waits any more. */
  async run(forMs: number): Promise<void> {
    const endMs = this.nowMs + forMs;
    for (;;) {
      await setImmediate();
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
      if (!next || next.atMs > endMs) break;
      this.#timers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.fire();
    }
    this.nowMs = endMs;
  }
}
