import type { JsonObject } from '../../world.js';
import type { Answer } from '../http/answer.js';
import { json } from '../http/answer.js';
import { badRequest } from '../http/api-fault.js';
import type { Call } from '../http/router.js';

const pageSizeDefault = 25;

/** The API's page of entities. A page size above the endpoint's own maximum is lowered without a word, as the API does. */
export function listingPage(call: Call, entities: readonly JsonObject[], pageSizeMax: number): Answer {
  return json(pageOf(call, entities, pageSizeMax));
}

/** As the members of a queue come: nothing says how many there are, only `nextUri` that there are more. */
export function listingUncounted(call: Call, entities: readonly JsonObject[], pageSizeMax: number): Answer {
  const { total: _total, pageCount: _pageCount, lastUri: _lastUri, ...page } = pageOf(call, entities, pageSizeMax);
  return json(page);
}

function pageOf(call: Call, entities: readonly JsonObject[], pageSizeMax: number): JsonObject {
  const pageSize = Math.min(number(call, 'pageSize', pageSizeDefault), pageSizeMax);
  const pageNumber = number(call, 'pageNumber', 1);
  const pageCount = Math.max(1, Math.ceil(entities.length / pageSize));
  const uri = (page: number) => uriOf(call, { pageSize: String(pageSize), pageNumber: String(page) });
  return {
    entities: entities.slice((pageNumber - 1) * pageSize, pageNumber * pageSize) as JsonObject[],
    pageSize,
    pageNumber,
    total: entities.length,
    firstUri: uri(1),
    ...(pageNumber < pageCount ? { nextUri: uri(pageNumber + 1) } : {}),
    ...(pageNumber > 1 ? { previousUri: uri(pageNumber - 1) } : {}),
    lastUri: uri(pageCount),
    selfUri: uri(pageNumber),
    pageCount,
  };
}

/** The newer style: no totals, `after` in `nextUri` is the position to continue from. */
export function listingCursor(call: Call, entities: readonly JsonObject[], pageSizeMax: number): Answer {
  const pageSize = Math.min(number(call, 'pageSize', pageSizeDefault), pageSizeMax);
  const start = offsetOf(call.query.get('after'));
  const end = start + pageSize;
  const uri = (offset: number) =>
    uriOf(call, { pageSize: String(pageSize), after: Buffer.from(String(offset)).toString('base64url') });
  return json({
    entities: entities.slice(start, end) as JsonObject[],
    ...(end < entities.length ? { nextUri: uri(end) } : {}),
    ...(start > 0 ? { previousUri: uri(Math.max(0, start - pageSize)) } : {}),
    selfUri: uri(start),
  });
}

function offsetOf(after: string | null): number {
  const offset = after === null ? 0 : Number(Buffer.from(after, 'base64url').toString('utf8'));
  if (!Number.isInteger(offset) || offset < 0) throw badRequest('The value of after is not valid.');
  return offset;
}

function number(call: Call, name: string, fallback: number): number {
  const value = call.query.get(name);
  if (value === null || value === '') return fallback;
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed < 1) throw badRequest(`${name} must be a whole number from 1.`);
  return parsed;
}

function uriOf(call: Call, changes: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(call.query);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  return `${call.path}?${query}`;
}
