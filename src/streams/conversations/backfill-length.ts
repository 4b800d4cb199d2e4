import type { GenesysApi } from '../../genesys/api.js';
import { ApiError, apiOutage, DeferredError } from '../../lib/errors.js';
import { dayMs, hourMs, type Interval, later, lengthMs, plus } from '../../lib/interval.js';
import type { StreamContext } from '../../model/extraction.js';

const pageRecords = 1_000;
/** A job costs at least two requests besides its pages, so it should have a few pages. */
const pagesPerSliceMin = 2;
/** Numbers of slices into which a day may be split, the smallest first; boundaries are whole hours. */
const partsPossible = [1, 2, 3, 4, 6, 8, 12, 24] as const;
/**
 * A job returns what was active in its range, so each split repeats about this share of a day's
 * records, as measured in the sandbox.
 */
const repeatedShare = 0.25;
/** Requests of a slice besides its pages: the submission and one status request. */
const jobRequests = 2;
/** A split must save at least this share of the expected time, because it costs requests and storing. */
const savedShareMin = 0.1;
/** More than ten pages of a thousand records a second are not stored, however large the allowance is. */
const requestsPerMinuteMax = 600;
/** Days whose conversations are counted as a sample of the whole range. */
const countedMsMax = 7 * dayMs;

/**
 * Returns how long the slices of a past range should be. Pages of one job can only be read in
 * sequence, so a few days cannot use the allowance of an API that answers slowly: then days are
 * split, if they have enough conversations. Sends one request, or none where whole days suffice.
 */
export async function backfillLengthMs(api: GenesysApi, range: Interval, context: StreamContext): Promise<number> {
  const days = lengthMs(range) / dayMs;
  const requestsAtOnce = api.requestsAtOnce(requestsPerMinuteMax);
  if (days >= requestsAtOnce) return dayMs;
  const perDay = await conversationsPerDay(api, range, context);
  return dayMs / partsPerDay({ days, requestsAtOnce, perDay });
}

/**
 * Returns the number of slices per day: more slices allow more requests in flight but repeat more
 * records. Prefers the smaller number unless the larger one saves enough time.
 */
export function partsPerDay(facts: BackfillFacts): number {
  const max = facts.perDay / pageRecords / pagesPerSliceMin;
  const [first = 1, ...others] = partsPossible.filter((parts) => parts <= Math.max(1, max));
  const isWorth = (parts: number, best: number) =>
    durationOf(facts, parts) <= (1 - savedShareMin) * durationOf(facts, best);
  return others.reduce((best, parts) => (isWorth(parts, best) ? parts : best), first);
}

export interface BackfillFacts {
  readonly days: number;
  readonly requestsAtOnce: number;
  /** Conversations that begin on a day. */
  readonly perDay: number;
}

/** Returns the expected duration in response times: the requests, divided by how many of them can be in flight. */
function durationOf({ days, requestsAtOnce, perDay }: BackfillFacts, parts: number): number {
  const pages = (perDay / pageRecords) * (1 + repeatedShare * parts);
  return (days * (pages + jobRequests * parts)) / Math.min(requestsAtOnce, days * parts);
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
