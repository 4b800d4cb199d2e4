import cron from 'node-cron';
import { waitForAbort } from '../../lib/abort.js';
import { asError, UsageError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { type OpenedWithApi, openWithApi } from '../app/open.js';
import { openPage } from '../app/page.js';
import { RunState } from './health.js';
import { startRunService } from './http.js';
import { openRunLive } from './realtime.js';
import type { ApplyDecided } from './rule-worker.js';
import { Ticks } from './ticks.js';
import { openRunApply } from './writer.js';

/**
 * Each installation waits a random part of this before a tick's work, so that many do not call
 * Genesys in the same second.
 */
const jitterMsMax = 5 * secondMs;

type CronLogger = Parameters<typeof cron.setLogger>[0];

export interface RunOptions {
  readonly stream: readonly string[];
  /** Cron expression of the ticks; the ledger determines what is due, not the tick. */
  readonly schedule: string;
  /** React to events, and evaluate the rules for wrap-up codes. */
  readonly wrapup?: boolean;
  /** Write their decisions to Genesys. */
  readonly apply?: boolean;
}

/**
 * Runs the scheduler: each tick is a `sync`. A tick that comes while another is running is skipped;
 * its slices are still due at the next. With `wrapup` it also reacts to events between the ticks.
 */
export async function runCommand(given: CommandContext, options: RunOptions): Promise<number> {
  check(options);
  // When this command ends, for any reason, so does everything that it has started.
  const stopping = new AbortController();
  const stop = () => stopping.abort(given.signal.reason);
  given.signal.addEventListener('abort', stop, { once: true });
  if (given.signal.aborted) stop();
  const context = { ...given, signal: stopping.signal };
  const opened = await openWithApi(context);
  try {
    const writing = options.apply ? await openRunApply(context, opened) : undefined;
    try {
      await runWith(context, options, opened, stopping, writing?.apply);
    } finally {
      await writing?.close();
    }
    return exitDone;
  } finally {
    await opened.close();
    given.signal.removeEventListener('abort', stop);
  }
}

function check({ schedule, wrapup, apply }: RunOptions): void {
  if (!cron.validate(schedule))
    throw new UsageError(
      `--schedule ${schedule} is not a cron expression; use one such as "*/5 * * * *", every five minutes.`,
    );
  if (apply && !wrapup) throw new UsageError('run --apply writes what --wrapup decides; add --wrapup.');
}

async function runWith(
  context: CommandContext,
  options: RunOptions,
  opened: OpenedWithApi,
  stopping: AbortController,
  apply: ApplyDecided | undefined,
): Promise<void> {
  const activity = () => opened.api.stats().requests + opened.api.stats().bytes;
  const state = new RunState({ now: context.now, clockMs: () => performance.now(), activity });
  const live = await openRunLive({
    context,
    opened,
    isWrapup: options.wrapup === true,
    onError: (error) => state.failed(error, 'live'),
    ...(apply !== undefined && { apply }),
  });
  const { routes, figures } = live;
  const page = opened.config.dashboard.isOn ? await openPage({ ...opened, now: () => opened.clock.now() }) : undefined;
  try {
    const service = await startRunService({
      context,
      opened,
      state,
      routes,
      ...(figures && { live: figures }),
      ...(page && { page: page.mount }),
    });
    const living = live.run();
    try {
      await runUntilStopped(context, options, opened, state);
    } finally {
      stopping.abort(new Error('run has ended.'));
      await living;
      await service?.close();
    }
  } finally {
    await page?.close();
  }
}

async function runUntilStopped(
  context: CommandContext,
  { stream, schedule }: RunOptions,
  opened: OpenedWithApi,
  state: RunState,
): Promise<void> {
  const fatal = new AbortController();
  const onFatal = (error: Error) => fatal.abort(error);
  const ticks = new Ticks({ context, opened, streams: stream, state, msToNext: () => task.msToNext(), onFatal });
  const task = cron.schedule(schedule, () => ticks.tick(), {
    noOverlap: true,
    maxRandomDelay: context.tickDelayMsMax ?? jitterMsMax,
    logger: cronLog(opened.log),
  });
  opened.log.info({ schedule }, 'Scheduler started');
  await ticks.tick();
  await waitForAbort(AbortSignal.any([context.signal, fatal.signal]));
  await task.destroy();
  await ticks.settled();
  fatal.signal.throwIfAborted();
  opened.log.info('The scheduler has stopped');
}

/** A tick that is skipped because another is running is normal after a first start; the library would log it in its own format. */
function cronLog(log: Log): CronLogger {
  const debug = (message: unknown) => log.debug(`The scheduler: ${String(message)}`);
  return {
    info: debug,
    warn: debug,
    debug,
    error: (message) => log.error({ error: asError(message) }, 'The scheduler failed'),
  };
}
