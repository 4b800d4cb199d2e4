import { backOffMs } from '../../lib/abort.js';
import { asError, type OutageError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import { probeDatabase } from '../../postgres/connection/pool.js';
import { clearOutage } from '../../postgres/ledger/outage.js';
import { type CommandContext, timingOf } from '../app/command.js';
import type { OpenedWithApi } from '../app/open.js';
import type { RunState } from './health.js';

export interface OutageWatchOptions {
  readonly context: CommandContext;
  readonly opened: OpenedWithApi;
  readonly state: RunState;
  /** Called as soon as an outage is over. */
  readonly onOver: () => Promise<void>;
}

/** An outage of `run`: reported once, probed with pauses that grow to a minute, reported once when it is over. */
export class OutageWatch {
  readonly #options: OutageWatchOptions;
  /** Probes that failed, and outages that came back, since a tick last met none. */
  #failures = 0;
  #watching: Promise<void> | undefined;

  constructor(options: OutageWatchOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#watching !== undefined;
  }

  /** A tick has met no outage: the pauses begin small again. */
  reset(): void {
    this.#failures = 0;
  }

  begin(outage: OutageError): void {
    const { state, opened } = this.#options;
    if (this.#watching !== undefined) return;
    state.outageBegan(outage);
    opened.log.error({ of: outage.of, reason: outage.message }, 'Outage began; nothing is pulled until it is over');
    this.#watching = this.#watch(outage);
  }

  /** Resolves when nothing is probed any more. */
  async settled(): Promise<void> {
    await this.#watching;
  }

  async #watch(outage: OutageError): Promise<void> {
    const isOver = await this.#untilOver(outage);
    this.#watching = undefined;
    if (isOver) await this.#options.onOver();
  }

  /** Returns false when `run` is stopped before. */
  async #untilOver({ of }: OutageError): Promise<boolean> {
    const { context, opened, state } = this.#options;
    const { sleep, random } = timingOf(context);
    while (!context.signal.aborted) {
      try {
        await sleep(backOffMs(this.#failures, random), context.signal);
        this.#failures += 1;
        await this.#probe(of);
        const since = state.outageEnded() ?? context.now();
        const seconds = Math.round((context.now().getTime() - since.getTime()) / secondMs);
        opened.log.info({ of, since: since.toISOString(), seconds }, 'Outage is over');
        return true;
      } catch (error) {
        opened.log.debug({ of, reason: asError(error).message }, 'Outage continues');
      }
    }
    return false;
  }

  async #probe(of: OutageError['of']): Promise<void> {
    const { context, opened } = this.#options;
    if (of === 'database') return probeDatabase(opened.pool);
    await opened.api.probe(context.signal);
    context.signal.throwIfAborted();
    await clearOutage(opened.pool);
  }
}
