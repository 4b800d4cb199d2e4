import type { GenesysApi } from '../../genesys/api.js';
import { ApiError, apiOutage, DeferredError } from '../../lib/errors.js';
import { dayMs, hourMs, type Interval, later, lengthMs, plus } from '../../lib/interval.js';
import type { StreamContext } from '../../model/extraction.js';

const pageRecords = 1_000;
/** A job costs two requests and more beside its pages, so it should have a few of them. */
const pagesPerSliceMin = 2;
/** Into so many slices a day may be cut, the smaller numbers first; boundaries stay whole hours. */
const partsPossible = [1, 2, 3, 4, 6, 8, 12, 24] as const;
/** The days whose conversations are counted; they speak for the whole range. */
const countedMsMax = 7 * dayMs;

/**
 * Returns how long the slices of a past range should be. Pages of one job can only be read one after the other, so that few days cannot use
 * the allowance of an API that answers slowly: then days are cut, as far as there are conversations enough. Costs one request, and none
 * where days suffice.
 */
export async function backfillLengthMs(api: GenesysApi, range: Interval, context: StreamContext): Promise<number> {
  const days = lengthMs(range) / dayMs;
  const requestsAtOnce = api.requestsAtOnce();
  if (days >= requestsAtOnce) return dayMs;
  const perDay = await conversationsPerDay(api, range, context);
  return dayMs / partsPerDay({ days, requestsAtOnce, perDay });
}

/** Returns into how many slices each day is cut, so that as many are open as requests have to be in flight. */
export function partsPerDay(facts: {
  readonly days: number;
  readonly requestsAtOnce: number;
  readonly perDay: number;
}): number {
  const wanted = facts.requestsAtOnce / facts.days;
  const max = facts.perDay / pageRecords / pagesPerSliceMin;
  const allowed = partsPossible.filter((parts) => parts <= Math.max(1, max));
  return allowed.find((parts) => parts >= wanted) ?? allowed.at(-1) ?? 1;
}

/** Returns the total of the details query for the range's last days. Returns 0, so that days stay whole, where the API reports none. */
async function conversationsPerDay(api: GenesysApi, range: Interval, context: StreamContext): Promise<number> {
  const interval = { from: later(range.from, plus(range.to, -countedMsMax)), to: range.to };
  try {
    const query = { interval, pageNumber: 1, pageSize: 1 } as const;
    const { body } = await api.detailsQuery(query, { signal: context.signal, priority: 1 });
    return ((body.totalHits ?? 0) * dayMs) / Math.max(hourMs, lengthMs(interval));
  } catch (error) {
    if (context.signal.aborted || apiOutage(error) !== undefined) throw error;
    if (!(error instanceof ApiError || error instanceof DeferredError)) throw error;
    context.log.debug({ reason: error.message }, 'Conversations could not be counted');
    return 0;
  }
}
