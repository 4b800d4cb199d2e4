import { setTimeout as pause } from 'node:timers/promises';
import { type Interval, minuteMs } from '../lib/interval.js';
import type { Plan, PlannedRanges, Stream } from '../model/extraction.js';
import { planBackfill, planSchedule } from './plan.js';
import { type DrainOptions, drain, type SyncContext, type SyncSummary } from './worker-pool.js';

export { drain, type SliceReport, type SyncContext, type SyncSummary } from './worker-pool.js';

/** Longest time that a process waits for another to pull the first directory. */
const firstListingMsMax = 5 * minuteMs;
const firstListingLookMs = 250;
/**
 * Limit of planning rounds: concurrent planners add slices too, so less is left each time, and more
 * rounds than concurrent processes indicate a bug.
 */
const planRoundsMax = 100;

/** Plans the slices that every stream needs by now, then pulls all that are due. */
export async function sync(context: SyncContext, options: { readonly retryFailed: boolean }): Promise<SyncSummary> {
  const retry = options.retryFailed ? { retryFailedBefore: context.now() } : {};
  await planAll(context);
  const first = await pullFirst(context, retry);
  const rest = await drain(context, context.streams, { ...retry, replan: () => planAll(context) });
  return first === null ? rest : mergeSummaries(first, rest);
}

/**
 * Pulls the directory before everything else on the very first start, because other streams would
 * have to list it themselves. Waits if another process is pulling it. Returns null when there is a
 * directory.
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

async function planStream(context: SyncContext, stream: Stream, now: Date): Promise<void> {
  const { start, timeZone } = context;
  const facts = { start, now, ...(timeZone !== undefined && { timeZone }) };
  const added = await writePlans(context, stream, (ranges) => planSchedule(stream, facts, ranges));
  if (added > 0) context.log.debug({ stream: stream.name, slices: added }, 'Planned');
}

/** Plans a past range. Slices that exist already are kept in the ledger. Returns how many were added. */
export async function planRange(context: SyncContext, stream: Stream, range: Interval): Promise<number> {
  const now = context.now();
  const lengthMs = await stream.backfillLengthMs?.(range, context);
  return writePlans(context, stream, (ranges) => planBackfill(stream, { range, lengthMs, now }, ranges));
}

/** Writes the plan. Where another planner was faster, computes it again from the current ledger. */
async function writePlans(
  { ledger }: SyncContext,
  { name }: Stream,
  planFrom: (ranges: PlannedRanges) => Plan,
): Promise<number> {
  let added = 0;
  for (let rounds = 0; rounds < planRoundsMax; rounds += 1) {
    const plan = planFrom(await ledger.plannedRanges(name));
    const count = await ledger.plan(plan);
    added += count;
    if (count === plan.slices.length) return added;
  }
  throw new Error(
    `Slices of ${name} could not be planned: other processes planned the same range ${planRoundsMax} times. Run it again.`,
  );
}
