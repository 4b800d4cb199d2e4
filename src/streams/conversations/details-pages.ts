import type { DetailsQuery, GenesysApi } from '../../genesys/api.js';
import { ApiError } from '../../lib/errors.js';
import { inOrder } from '../../lib/look-ahead.js';
import type { Page, Slice, SliceContext } from '../../model/extraction.js';
import { isLive } from '../aggregates/stream.js';
import type { PageReader } from './page-reader.js';
import { ReadOrder } from './read-order.js';

/** The largest page that the details query honours. */
export const pageSize = 100;
/**
 * Genesys refuses to page beyond 100,000 records (some organisations were allowed more); a slice
 * that comes near is split.
 */
export const recordsMax = 95_000;
const pagesMax = recordsMax / pageSize;

interface Parts {
  readonly api: GenesysApi;
  readonly reader: PageReader;
}

/**
 * Yields the pages of one details query, from where the slice's cursor is. Pages are addressed by
 * number, so the next ones are requested while one is in flight; they are still stored in order.
 * Throws an ApiError `split` for a query beyond the limit.
 */
export async function* detailsPages(
  { api, reader }: Parts,
  slice: Slice,
  query: Pick<DetailsQuery, 'interval' | 'filters'>,
  context: SliceContext,
): AsyncGenerator<Page, void, void> {
  const first = (slice.cursor as { nextPage: number } | null)?.nextPage ?? 1;
  const order = new ReadOrder();
  const pages = inOrder({
    first,
    ask: (pageNumber, signal) => {
      const call = { signal, priority: isLive(slice, context.now()) ? 0 : 1, isLaterPage: pageNumber > 1 };
      const asked = { ...query, pageNumber, pageSize, order: 'asc' } as const;
      return reader.read(call, context, (with_) => api.detailsQuery(asked, with_), order);
    },
    lastOf: ({ answer }) => Math.min(pagesMax, Math.ceil((answer.body.totalHits ?? 0) / pageSize)),
    drop: (read) => read.drop(),
    lookAhead: api.lookAhead,
    signal: context.signal,
  });
  let pageNumber = first;
  for await (const read of pages) {
    const totalHits = read.answer.body.totalHits ?? 0;
    if (totalHits > recordsMax) {
      read.drop();
      throw tooLarge(`${totalHits} conversations`);
    }
    yield read.page({ asOf: read.answer.requestedAt, cursor: { nextPage: pageNumber + 1 } });
    if (isLastPage(read.recordCount, pageNumber, totalHits)) return;
    pageNumber += 1;
    if (pageNumber > pagesMax) throw tooLarge(`more than ${recordsMax} conversations`);
  }
}

/**
 * Returns true for the last page. The total is approximate, so an empty page ends the paging; a
 * page that is not full ends it too if the total agrees, which saves the request for the empty one.
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
