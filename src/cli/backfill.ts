import type pg from 'pg';
import { drain, planAll, planRange, pullFirst, type SyncContext, type SyncSummary } from '../engine/sync.js';
import { UsageError } from '../lib/errors.js';
import { dayMs, earlier, floorTo, formatInterval, type Interval, later, plus } from '../lib/interval.js';
import type { Stream } from '../model/extraction.js';
import { inTransaction } from '../postgres/connection/transaction.js';
import { liftPruned, prunedWithin } from '../postgres/ledger/pruned.js';
import type { CommandContext } from './app/command.js';
import type { OpenedWithApi } from './app/open.js';
import { createProgress } from './app/progress.js';
import { requireOrder } from './app/range.js';
import { recordRun, syncContext } from './app/record-run.js';
import { withApi } from './app/with-open.js';

export interface BackfillOptions {
  readonly from: Date;
  readonly to: Date;
  readonly stream: readonly string[];
  readonly force: boolean;
  readonly failOnDeadLetters: boolean;
}

/** Plans and pulls a past range. Parts that an earlier backfill or the scheduler has pulled are not pulled again. */
export async function backfillCommand(context: CommandContext, options: BackfillOptions): Promise<number> {
  const range = rangeOf(options, context.now());
  return withApi(context, async (opened) => {
    const work = () => backfill(context, opened, range, options);
    return await recordRun('backfill', context, opened, work, { failsOnDeadLetters: options.failOnDeadLetters });
  });
}

export async function backfill(
  context: CommandContext,
  opened: OpenedWithApi,
  range: Interval,
  options: Pick<BackfillOptions, 'stream' | 'force'>,
): Promise<SyncSummary> {
  const engine = syncContext(context, opened, options.stream);
  const streams = engine.streams.filter((stream) => stream.kind === 'interval');
  await syncDirectory(engine);
  await rejectPrunedRange(opened.pool, streams, range, options.force);
  for (const stream of streams) await planStreamRange(engine, stream, range, options);
  const progress = await createProgress(opened.pool, streams, range, context.isTerminal, opened.log);
  try {
    return await drain({ ...engine, onSlice: progress.onSlice }, streams, {
      within: range,
      retryFailedBefore: context.now(),
    });
  } finally {
    progress.stop();
  }
}

/** Throws when the range was pruned and the command does not say that it may be pulled again. */
async function rejectPrunedRange(
  pool: pg.Pool,
  streams: readonly Stream[],
  range: Interval,
  isForced: boolean,
): Promise<void> {
  for (const { name } of streams) {
    if (isForced) {
      await inTransaction(pool, (client) => liftPruned(client, name, range));
      continue;
    }
    const pruned = await prunedWithin(pool, name, range);
    if (pruned === undefined) continue;
    const [from, to, at] = [pruned.from, pruned.to, pruned.at].map((each) => each.toISOString().slice(0, 10));
    throw new UsageError(
      `${from} to ${to} was pruned on ${at}; choose a range outside it, or pull it again with --force.`,
    );
  }
}

/**
 * Pulls the directory first, because facts are read with its names and a backfill may be the first
 * command of a warehouse.
 */
async function syncDirectory(engine: SyncContext): Promise<void> {
  const snapshots = engine.streams.filter((stream) => stream.kind === 'snapshot');
  await planAll({ ...engine, streams: snapshots });
  await pullFirst({ ...engine, streams: snapshots }, {});
  await drain(engine, snapshots, {});
}

async function planStreamRange(
  engine: SyncContext,
  stream: Stream,
  range: Interval,
  options: Pick<BackfillOptions, 'stream' | 'force'>,
): Promise<void> {
  const asked = options.stream.length > 0 ? range : recentPart(stream, range, engine.now());
  if (asked === null) return;
  const added = await planRange(engine, stream, asked);
  if (options.force) await engine.ledger.markDue(stream.name, asked, engine.now());
  engine.log.info({ stream: stream.name, interval: formatInterval(asked), slices: added }, 'Planned');
}

/** Limits a stream for recent data to that part of the range, unless it was requested by name. */
function recentPart(stream: Stream, range: Interval, now: Date): Interval | null {
  if (stream.initialLookbackMs === undefined) return range;
  const from = later(range.from, floorTo(plus(now, -stream.initialLookbackMs), dayMs));
  return from < range.to ? { from, to: range.to } : null;
}

function rangeOf({ from, to }: BackfillOptions, now: Date): Interval {
  requireOrder(from, to);
  if (from >= now)
    throw new UsageError(`--from ${from.toISOString()} lies in the future; there is nothing to pull yet.`);
  return { from, to: earlier(to, now) };
}
