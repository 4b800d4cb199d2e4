import { ApiError } from '../../lib/errors.js';
import { isObject } from '../../lib/json.js';
import { inOrder, type LookAhead } from '../../lib/look-ahead.js';
import type { ApiAnswer, EntityPage, EntityPages } from '../api.js';

/** Identifies a page: by number from 1, or by the cursor of the page before. */
export interface PageRequest {
  readonly pageNumber: number;
  readonly after?: string;
}

export type FetchPage = (page: PageRequest, signal?: AbortSignal) => Promise<ApiAnswer>;

export interface PagingOptions {
  /** Allows several numbered pages to be in flight at once. */
  readonly lookAhead?: LookAhead | undefined;
  readonly signal?: AbortSignal | undefined;
}

// Half a million entities at the smallest page size in use.
const pagesMax = 5_000;

/**
 * Yields the numbered pages of a listing. The API may return other pages than requested: the
 * response's `pageCount` and `nextUri` show whether there is more, its `pageNumber` which page it
 * is.
 */
export async function* numberedPages(
  operation: string,
  fetchPage: FetchPage,
  { lookAhead, signal = new AbortController().signal }: PagingOptions = {},
): EntityPages {
  const pages = inOrder({
    first: 1,
    ask: async (pageNumber, end) => toEntityPage(operation, await fetchPage({ pageNumber }, end)),
    lastOf: ({ body: { pageCount } }, pageNumber) =>
      Math.min(pagesMax, typeof pageCount === 'number' ? pageCount : pageNumber),
    lookAhead,
    signal,
  });
  let pageNumber = 1;
  for await (const page of pages) {
    const answered = page.body.pageNumber;
    if (typeof answered === 'number' && answered !== pageNumber)
      throw listingError(operation, `was asked for page ${pageNumber} and answered page ${answered}`);
    yield page;
    if (!hasMore(page, pageNumber)) return;
    pageNumber += 1;
    if (pageNumber > pagesMax) throw listingError(operation, `did not end after ${pagesMax} pages`);
  }
}

/** Yields pages that are addressed by the `after` of the response's `nextUri`. */
export async function* cursorPages(operation: string, fetchPage: FetchPage): EntityPages {
  let after: string | undefined;
  for (let pageNumber = 1; pageNumber <= pagesMax; pageNumber += 1) {
    const page = toEntityPage(operation, await fetchPage({ pageNumber, ...(after !== undefined && { after }) }));
    yield page;
    const next = afterOf(page.body.nextUri);
    if (next === undefined) return;
    if (next === after) throw listingError(operation, 'gave the same cursor twice');
    after = next;
  }
  throw listingError(operation, `did not end after ${pagesMax} pages`);
}

function toEntityPage(operation: string, answer: ApiAnswer): EntityPage {
  const entities = answer.body.entities ?? [];
  if (!Array.isArray(entities) || !entities.every(isObject)) {
    throw listingError(operation, 'answered `entities` that is not a list of objects');
  }
  return { ...answer, entities, operation };
}

function hasMore(page: EntityPage, pageNumber: number): boolean {
  const { pageCount, nextUri } = page.body;
  if (typeof pageCount === 'number' && pageNumber < pageCount) return true;
  return page.entities.length > 0 && typeof nextUri === 'string' && nextUri !== '';
}

function afterOf(nextUri: unknown): string | undefined {
  if (typeof nextUri !== 'string' || !URL.canParse(nextUri, relativeBase)) return undefined;
  return new URL(nextUri, relativeBase).searchParams.get('after') ?? undefined;
}

// `nextUri` is a path without a host.
const relativeBase = 'http://localhost';

function listingError(operation: string, what: string): ApiError {
  return new ApiError(`${operation} ${what}.`, { action: 'fail', operation });
}
