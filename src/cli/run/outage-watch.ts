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

/** Handles an outage of `run`: logs it once, probes with pauses that grow to a minute, and logs its end once. */
export class OutageWatch {
  readonly #options: OutageWatchOptions;
  /** Failed probes and recurring outages since the last tick without an outage. */
  #failures = 0;
  #watching: Promise<void> | undefined;

  constructor(options: OutageWatchOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#watching !== undefined;
  }

  /** Resets the pauses after a tick without an outage. */
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

  /** Resolves when probing has ended. */
  async settled(): Promise<void> {
    await this.#watching;
  }

  async #watch(outage: OutageError): Promise<void> {
    const isOver = await this.#untilOver(outage);
    this.#watching = undefined;
    if (isOver) await this.#options.onOver();
  }

  /** Probes until the outage is over. Returns false when `run` is stopped before. */
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
