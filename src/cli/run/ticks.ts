import { sync } from '../../engine/sync.js';
import { OutdatedProgramError } from '../../lib/errors.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { errorFacts } from '../app/error-text.js';
import type { OpenedWithApi } from '../app/open.js';
import { outageOf } from '../app/outage.js';
import { recordRun, syncContext } from '../app/record-run.js';
import { reconcilePulledDays } from '../reconcile.js';
import type { RunState, TickOutcome } from './health.js';
import { LakeFollower } from './lake.js';
import { OutageWatch } from './outage-watch.js';

export interface TicksOptions {
  readonly context: CommandContext;
  readonly opened: OpenedWithApi;
  readonly streams: readonly string[];
  readonly state: RunState;
  /** Milliseconds until the next scheduled tick; null if there is none. */
  readonly msToNext: () => number | null;
  /** Called with an error after which no further tick can succeed. */
  readonly onFatal: (error: Error) => void;
}

/** Runs the ticks of `run`, one at a time, each as a run of its own in the ledger. */
export class Ticks {
  readonly #options: TicksOptions;
  readonly #watch: OutageWatch;
  readonly #lake: LakeFollower;
  #current: Promise<void> | undefined;

  constructor(options: TicksOptions) {
    this.#options = options;
    this.#watch = new OutageWatch({ ...options, onOver: () => this.#resume() });
    this.#lake = new LakeFollower(options.context, options.opened);
  }

  tick(): Promise<void> {
    const { context, state, msToNext } = this.#options;
    if (context.signal.aborted) return Promise.resolve();
    if (this.#watch.isOn) {
      state.tickSkipped(msToNext());
      return Promise.resolve();
    }
    this.#current ??= this.#work().finally(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  /** Waits for the tick that met the outage, which may still be ending, then starts a new one. */
  async #resume(): Promise<void> {
    await this.#current;
    await this.tick();
  }

  async settled(): Promise<void> {
    await this.#watch.settled();
    await this.#current;
    await this.#lake.settled();
  }

  async #work(): Promise<void> {
    const { state, msToNext } = this.#options;
    state.tickBegan();
    const outcome = await this.#outcome();
    state.tickEnded(outcome, msToNext());
    this.#lake.follow();
  }

  /** Runs a tick. A failed one is only logged, because the next finds the same slices due. */
  async #outcome(): Promise<TickOutcome> {
    const { context, opened, streams, state, onFatal } = this.#options;
    try {
      const engine = { ...syncContext(context, opened, streams), onSlice: state.onSlice };
      const status = await recordRun('run', context, opened, async () => {
        const summary = await sync(engine, { retryFailed: false });
        await reconcilePulledDays(opened.pool, context, opened.log);
        return summary;
      });
      this.#watch.reset();
      return status === exitDone ? 'done' : 'partly';
    } catch (error) {
      state.failed(error);
      const outage = context.signal.aborted ? undefined : outageOf(error);
      if (outage !== undefined) {
        this.#watch.begin(outage);
        return 'failed';
      }
      if (error instanceof OutdatedProgramError) {
        onFatal(error);
        return 'failed';
      }
      opened.log.error(errorFacts(error), 'Tick failed; retrying at the next one');
      return 'failed';
    }
  }
}
