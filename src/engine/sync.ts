import type { Interval } from '../interval.js';
import type { Stream } from '../protocol.js';
import { drain, type SyncContext, type SyncSummary } from './drain.js';
import { askedRange, cut, firstDueAt, missing, snapshotSlice } from './plan.js';

export { drain, type SliceReport, type SyncContext, type SyncSummary } from './drain.js';

/** Plans what every stream owes by now, then pulls all that is due. */
export async function sync(context: SyncContext, options: { readonly retryFailed: boolean }): Promise<SyncSummary> {
  const now = context.now();
  await planAll(context);
  return drain(context, context.streams, {
    planAgain: () => planAll(context),
    ...(options.retryFailed && { retryFailedBefore: now }),
  });
}

/** Enters into the ledger what every stream owes by now. */
export async function planAll(context: SyncContext): Promise<void> {
  const now = context.now();
  for (const stream of context.streams) await planStream(context, stream, now);
}

async function planStream(context: SyncContext, stream: Stream, now: Date): Promise<void> {
  const added = await context.ledger.plan({
    stream,
    now,
    isSchedule: true,
    propose: (planned, scheduledFrom) => {
      if (stream.kind === 'snapshot') return missing(snapshotSlice(stream, now), planned);
      const asked = askedRange(stream, { start: context.start, scheduledFrom, now });
      return asked === null ? [] : missing(asked, planned).flatMap((gap) => cut(gap, stream, now));
    },
    dueAt: (interval) => firstDueAt(stream, interval),
  });
  if (added > 0) context.log.debug({ stream: stream.name, slices: added }, 'Planned');
}

/** Plans a past range and pulls it. Slices that are there already keep their place in the ledger; `force` makes them due again. */
export async function planRange(context: SyncContext, stream: Stream, range: Interval): Promise<number> {
  const now = context.now();
  return context.ledger.plan({
    stream,
    now,
    isSchedule: false,
    propose: (planned) => missing(range, planned).flatMap((gap) => cut(gap, stream, now)),
    dueAt: (interval) => firstDueAt(stream, interval),
  });
}
