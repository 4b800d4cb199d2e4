import type { JsonObject } from '../../world.js';

/** One request as the sandbox saw it; times are the sandbox's own. Credentials are never kept. */
export interface RequestLogEntry {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** 0 when the connection was cut before an answer. */
  readonly status: number;
  readonly operation?: string;
  /** Bytes of the answer's body, before compression. */
  readonly bytes: number;
  /** The JSON body of the request where it is small, so that a test can ask which intervals and pages were asked for. */
  readonly body?: JsonObject;
  readonly fault?: string;
  /** True where no such endpoint is simulated. */
  readonly unknown?: boolean;
}

/** Keeps the last requests, oldest first; older ones are dropped but still counted. */
export class RequestLog {
  readonly #entriesMax: number;
  #ring: RequestLogEntry[] = [];
  #next = 0;
  #total = 0;
  #counts = new Map<string, number>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get total(): number {
    return this.#total;
  }

  add(entry: RequestLogEntry): void {
    this.#total += 1;
    const name = entry.operation ?? 'unknown or refused';
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    if (this.#ring.length < this.#entriesMax) {
      this.#ring.push(entry);
      return;
    }
    this.#ring[this.#next] = entry;
    this.#next = (this.#next + 1) % this.#entriesMax;
  }

  /** All requests since the start by operation, the most frequent first. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort((a, b) => b[1] - a[1]));
  }

  entries(): RequestLogEntry[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }

  reset(): void {
    this.#ring = [];
    this.#next = 0;
    this.#total = 0;
    this.#counts = new Map();
  }
}
