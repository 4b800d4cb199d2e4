import type { GenesysApi } from '../../genesys/api.js';
import { ApiError } from '../../lib/errors.js';
import { dayMs, hourMs, minuteMs } from '../../lib/interval.js';
import type { Slice, SliceContext, Stream } from '../../model/extraction.js';
import { isLive } from '../aggregates/stream.js';
import { conversationMemory, PageReader } from './page-reader.js';

/** Details jobs serve a day once the data lake has it whole, at most a day after its end: up to then it is this stream's. */
const reachMs = 2 * dayMs;
/** The largest page that the details query honours. */
export const pageSize = 100;
/** Genesys refuses to page beyond 100,000 records (some organisations were allowed more); a slice that comes near is cut. */
export const recordsMax = 95_000;
const pagesMax = recordsMax / pageSize;

/**
 * POST /api/v2/analytics/conversations/details/query in short recent slices: fresh within minutes, no participant attributes. Days and
 * weeks later `conversation_history` pulls the same conversations again, so this stream settles a slice within a day.
 */
export function conversationsStream(api: GenesysApi, memory = conversationMemory()): Stream {
  const reader = new PageReader(memory);
  return {
    name: 'conversations',
    kind: 'interval',
    priority: 0,
    isDefault: true,
    isRecordWise: true,
    lagMs: minuteMs,
    repassAgesMs: [hourMs, 6 * hourMs],
    sliceLengthMs: (at, now) => sliceLengthMs(now.getTime() - at.getTime()),
    initialLookbackMs: reachMs,
    coveredBy: 'conversation_history',
    sliceLengthMsMin: minuteMs,
    pages: (slice, context) => pages(api, reader, slice, context),
  };
}

/** Returns the slice length: a long backlog becomes few large slices, since a day of queries costs no more than its pages. */
function sliceLengthMs(ageMs: number): number {
  if (ageMs > dayMs) return dayMs;
  return ageMs > 2 * hourMs ? hourMs : 10 * minuteMs;
}

async function* pages(api: GenesysApi, reader: PageReader, slice: Slice, context: SliceContext) {
  let pageNumber = (slice.cursor as { nextPage: number } | null)?.nextPage ?? 1;
  for (; pageNumber <= pagesMax; pageNumber += 1) {
    const query = { interval: slice.interval, pageNumber, pageSize, order: 'asc' } as const;
    const call = {
      signal: context.signal,
      priority: isLive(slice, context.now()) ? 0 : 1,
      isLaterPage: pageNumber > 1,
    };
    const read = await reader.read(call, context, (with_) => api.detailsQuery(query, with_));
    const totalHits = read.answer.body.totalHits ?? 0;
    if (totalHits > recordsMax) {
      read.drop();
      throw tooLarge(`${totalHits} conversations`);
    }
    yield read.page({ asOf: read.answer.requestedAt, cursor: { nextPage: pageNumber + 1 } });
    if (isLastPage(read.recordCount, pageNumber, totalHits)) return;
  }
  throw tooLarge(`more than ${recordsMax} conversations`);
}

/**
 * The total is approximate, so an empty page ends the paging; a page that is not full ends it too where the total agrees, which saves the
 * request for the empty one.
 */
export function isLastPage(length: number, pageNumber: number, totalHits: number): boolean {
  return length === 0 || (length < pageSize && totalHits <= (pageNumber - 1) * pageSize + length);
}

export function tooLarge(what: string): ApiError {
  return new ApiError(`The slice holds ${what}, more than the details query can page through.`, {
    action: 'split',
    operation: 'conversations details query',
  });
}
