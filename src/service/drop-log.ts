import { secondMs } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import type { DropReason } from './connections.js';

const repeatMs = 10 * secondMs;
const peersShownMax = 5;

/** Logs dropped connections: the first at once, then at most one line every ten seconds with the counts since. */
export class DropLog {
  readonly #log: Log;
  readonly #counts: Record<DropReason, number> = { idle_closed: 0, refused: 0 };
  readonly #peers = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  readonly add = (peer: string, reason: DropReason): void => {
    this.#counts[reason] += 1;
    if (this.#peers.size < peersShownMax) this.#peers.add(peer);
    if (this.#timer !== undefined) return;
    this.#write();
    this.#timer = setTimeout(() => this.#timeOver(), repeatMs).unref();
  };

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#write();
  }

  #timeOver(): void {
    this.#timer = undefined;
    this.#write();
  }

  #write(): void {
    const { idle_closed: idleClosed, refused } = this.#counts;
    if (idleClosed + refused === 0) return;
    this.#log.warn(
      { addresses: [...this.#peers], idleClosed, refused },
      'Connection limit of the service port reached',
    );
    this.#counts.idle_closed = 0;
    this.#counts.refused = 0;
    this.#peers.clear();
  }
}
