import cron from 'node-cron';
import { sync } from '../engine/sync.js';
import { asError } from '../errors.js';
import { secondMs } from '../interval.js';
import { type CommandContext, exitDone } from './context.js';
import { asRun, syncContext } from './extraction.js';
import { type OpenedWithApi, openWithApi } from './open.js';
import { reconcilePulledDays } from './reconcile.js';

/** Each installation waits its own part of this before a tick's work, so that many do not ask Genesys in the same second. */
const jitterMsMax = 5 * secondMs;

export interface RunOptions {
  readonly stream: readonly string[];
  /** Cron expression of the ticks; what is due is decided by the ledger, not by the tick. */
  readonly schedule: string;
}

/** The scheduler: each tick is a `sync`; a tick that comes while one is at work is skipped, its slices are still due at the next. */
export async function runCommand(context: CommandContext, options: RunOptions): Promise<number> {
  const opened = await openWithApi(context);
  try {
    const ticking = new Ticks(context, opened, options);
    const task = cron.schedule(options.schedule, () => ticking.tick(), {
      noOverlap: true,
      maxRandomDelay: context.tickDelayMsMax ?? jitterMsMax,
    });
    opened.log.info({ schedule: options.schedule }, 'The scheduler runs');
    await ticking.tick();
    await untilAborted(context.signal);
    await task.destroy();
    await ticking.settled();
    opened.log.info('The scheduler has stopped');
    return exitDone;
  } finally {
    await opened.close();
  }
}

class Ticks {
  readonly #context: CommandContext;
  readonly #opened: OpenedWithApi;
  readonly #options: RunOptions;
  #current: Promise<void> | undefined;

  constructor(context: CommandContext, opened: OpenedWithApi, options: RunOptions) {
    this.#context = context;
    this.#opened = opened;
    this.#options = options;
  }

  tick(): Promise<void> {
    if (this.#context.signal.aborted) return Promise.resolve();
    this.#current ??= this.#work().finally(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  async settled(): Promise<void> {
    await this.#current;
  }

  /** A failed tick is logged and over: the next one finds the same slices due. */
  async #work(): Promise<void> {
    try {
      const engine = syncContext(this.#context, this.#opened, this.#options.stream);
      await asRun('run', this.#context, this.#opened, async () => {
        const summary = await sync(engine, { retryFailed: false });
        await reconcilePulledDays(this.#opened.pool, this.#context, this.#opened.log);
        return summary;
      });
    } catch (error) {
      this.#opened.log.error({ error: asError(error) }, 'The tick failed; the next one tries again');
    }
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
