import { setTimeout as pause } from 'node:timers/promises';
import { type Interval, minuteMs } from '../lib/interval.js';
import type { Stream } from '../model/extraction.js';
import { askedRange, cut, firstDueAt, missing, snapshotSlice } from './plan.js';
import { type DrainOptions, drain, type SyncContext, type SyncSummary } from './worker-pool.js';

export { drain, type SliceReport, type SyncContext, type SyncSummary } from './worker-pool.js';

/** The longest that a process waits for another that pulls the first directory. */
const firstListingMsMax = 5 * minuteMs;
const firstListingLookMs = 250;

/** Plans the slices that every stream needs by now, then pulls all that are due. */
export async function sync(context: SyncContext, options: { readonly retryFailed: boolean }): Promise<SyncSummary> {
  const retry = options.retryFailed ? { retryFailedBefore: context.now() } : {};
  await planAll(context);
  const first = await pullFirst(context, retry);
  const rest = await drain(context, context.streams, { ...retry, replan: () => planAll(context) });
  return first === null ? rest : mergeSummaries(first, rest);
}

/**
 * On the very first start the directory comes before everything else: other streams would have to list it for themselves. Where another
 * process pulls it, that is waited for. Null when there is a directory.
 */
export async function pullFirst(
  context: SyncContext,
  retry: Pick<DrainOptions, 'retryFailedBefore'>,
): Promise<SyncSummary | null> {
  const streams = context.streams.filter((stream) => stream.isPrerequisite);
  if (streams.length === 0 || (await hasUsers(context))) return null;
  const summary = await drain(context, streams, retry);
  const looksMax = firstListingMsMax / firstListingLookMs;
  for (let looks = 0; looks < looksMax && !context.signal.aborted && !(await hasUsers(context)); looks += 1) {
    const claimed = await Promise.all(streams.map((stream) => context.ledger.isClaimed(stream.name)));
    if (!claimed.includes(true)) break;
    await pause(firstListingLookMs);
  }
  return summary;
}

async function hasUsers(context: SyncContext): Promise<boolean> {
  return (await context.userIds(context.now())).length > 0;
}

function mergeSummaries(a: SyncSummary, b: SyncSummary): SyncSummary {
  return {
    slices: a.slices + b.slices,
    pages: a.pages + b.pages,
    records: a.records + b.records,
    changedRecords: a.changedRecords + b.changedRecords,
    deadLetters: a.deadLetters + b.deadLetters,
    failures: [...a.failures, ...b.failures],
    deferred: [...a.deferred, ...b.deferred],
    held: b.held,
  };
}

/** Inserts into the ledger the slices that every stream needs by now. */
export async function planAll(context: SyncContext): Promise<void> {
  const now = context.now();
  for (const stream of context.streams) await planStream(context, stream, now);
}

const zoneOf = ({ timeZone }: SyncContext) => (timeZone === undefined ? {} : { timeZone });

async function planStream(context: SyncContext, stream: Stream, now: Date): Promise<void> {
  const added = await context.ledger.plan({
    stream,
    now,
    isSchedule: true,
    ...(stream.kind === 'snapshot'
      ? { targetRange: () => snapshotSlice(stream, now), missingSlices: missing }
      : {
          targetRange: (scheduledFrom) =>
            askedRange(stream, { ...zoneOf(context), start: context.start, scheduledFrom, now }),
          missingSlices: (target, planned) => missing(target, planned).flatMap((gap) => cut(gap, stream, now)),
        }),
    dueAt: (interval) => firstDueAt(stream, interval),
  });
  if (added > 0) context.log.debug({ stream: stream.name, slices: added }, 'Planned');
}

/** Plans a past range and pulls it. Slices that are there already keep their place in the ledger; `force` makes them due again. */
export async function planRange(context: SyncContext, stream: Stream, range: Interval): Promise<number> {
  const now = context.now();
  const lengthMs = await stream.backfillLengthMs?.(range, context);
  const lengths = lengthMs === undefined ? stream : { sliceLengthMs: () => lengthMs };
  return context.ledger.plan({
    stream,
    now,
    isSchedule: false,
    targetRange: () => range,
    missingSlices: (target, planned) => missing(target, planned).flatMap((gap) => cut(gap, lengths, now)),
    dueAt: (interval) => firstDueAt(stream, interval),
  });
}
