import { dayMs, lengthMs } from '../../../lib/interval.js';
import type { JsonObject, SimulatedConversation } from '../../world.js';
import type { Core } from '../core.js';
import type { FaultName } from '../faults/fault-settings.js';
import { recordFaultNames } from '../faults/record-faults.js';
import type { Answer } from '../http/answer.js';
import { pieces } from '../http/answer.js';
import { ApiFault, badRequest } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { anyOf, jsonBody } from '../http/router.js';
import { conversationsDocument } from './conversation-pages.js';
import type { DetailsQuery } from './result-sets.js';
import { parseDetailsQuery } from './result-sets.js';

export const detailPermissions = anyOf('analytics:conversationDetail:view', 'analytics:agentConversationDetail:view');

const pageSizeMax = 100;
const pageSizeDefault = 25;
const daysMaxUnfiltered = 7;
const daysMaxFiltered = 31;
const driftMaxDefault = 50;
const pageFaultNames: readonly FaultName[] = [
  'duplicateAcrossPages',
  'shiftedPages',
  'shortPages',
  'wrongTotalHits',
  ...recordFaultNames,
];

interface Paging {
  readonly pageSize: number;
  readonly pageNumber: number;
}

export function detailsQueryRoutes(core: Core): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/v2/analytics/conversations/details/query',
      operation: 'conversations details query',
      permissions: detailPermissions,
      handle: (call) => answerQuery(core, call),
    },
  ];
}

function answerQuery(core: Core, call: Call): Answer {
  const body = jsonBody(call);
  const paging = parsePaging(body.paging, core.options.detailsHitsMax);
  const query = parseDetailsQuery(body, 'started');
  checkLength(query);
  checkDepth(core, paging, query);
  const asOfMs = core.clock.asOfMs();
  const found = core.results.find(query, asOfMs);
  const page =
    core.source.pageOf === undefined
      ? numberedPage(core, found, paging, query, call)
      : filePage(core.source.pageOf, found, paging);
  const key = `${asOfMs}|${core.source.generation}|${paging.pageNumber}|${paging.pageSize}|${query.key}`;
  return pieces(
    conversationsDocument(core, page, asOfMs, false, { totalHits: totalHits(core, found.length, call) }, call.counter),
    core.faults.anyOn(pageFaultNames) ? undefined : key,
  );
}

export function parsePaging(value: unknown, hitsMax: number): Paging {
  const paging = (value ?? {}) as JsonObject;
  const pageSize = paging.pageSize ?? pageSizeDefault;
  const pageNumber = paging.pageNumber ?? 1;
  if (!isWhole(pageSize) || pageSize < 1 || pageSize > pageSizeMax)
    throw badRequest(`The page size must be a number from 1 to ${pageSizeMax}.`);
  if (!isWhole(pageNumber) || pageNumber < 1) throw badRequest('The page number must be a number from 1.');
  if (pageNumber * pageSize > hitsMax)
    throw badRequest(
      `Pagination may not exceed ${hitsMax} results. Tip: use smaller intervals or filters to reduce the number of results.`,
    );
  return { pageSize, pageNumber };
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

function checkLength(query: DetailsQuery): void {
  const daysMax = query.filters === undefined ? daysMaxUnfiltered : daysMaxFiltered;
  const span = { from: new Date(query.span.fromMs), to: new Date(query.span.toMs) };
  if (lengthMs(span) > daysMax * dayMs)
    throw badRequest(`You must specify a search interval as part of your query that does not exceed ${daysMax} days.`);
}

function checkDepth(core: Core, { pageNumber }: Paging, query: DetailsQuery): void {
  const fault = core.faults.anyOn(['deepPages']) ? core.faults.settings.deepPages : undefined;
  const { page = 1, status = 502 } = typeof fault === 'object' ? fault : {};
  if (fault === undefined || pageNumber <= page) return;
  if (core.faults.strikes('deepPages', `${query.key}|${pageNumber}`) === undefined) return;
  throw new ApiFault(status, 'bad.gateway', 'The gateway had no answer from the service.');
}

function numberedPage(
  core: Core,
  found: readonly SimulatedConversation[],
  paging: Paging,
  query: DetailsQuery,
  call: Call,
): readonly SimulatedConversation[] {
  const first =
    (paging.pageNumber - 1) * paging.pageSize - repeatedBefore(core, paging, query) + skipped(core, paging, call);
  const size =
    core.faults.strikes('shortPages', call.counter) === undefined ? paging.pageSize : Math.ceil(paging.pageSize / 2);
  return found.slice(Math.max(0, first), Math.max(0, first) + size);
}

/**
 * New conversations that sort before a page push its records on: the next page begins with what this one ended with. Every struck
 * boundary shifts all later pages, so records come twice but none is lost to a reader that pages until the empty page.
 */
function repeatedBefore(core: Core, paging: Paging, query: DetailsQuery): number {
  if (!core.faults.anyOn(['duplicateAcrossPages'])) return 0;
  let repeated = 0;
  for (let page = 2; page < paging.pageNumber; page += 1)
    if (core.faults.isStruck('duplicateAcrossPages', `${query.key}|${page}`)) repeated += 1;
  const isOwn =
    paging.pageNumber > 1 && core.faults.isStruck('duplicateAcrossPages', `${query.key}|${paging.pageNumber}`);
  if (isOwn) core.faults.count('duplicateAcrossPages');
  return repeated + (isOwn ? 1 : 0);
}

/** The opposite: a record left an earlier page, so the first of this one is passed over. Only asking again finds it. */
function skipped(core: Core, paging: Paging, call: Call): number {
  return paging.pageNumber > 1 && core.faults.strikes('shiftedPages', call.counter) !== undefined ? 1 : 0;
}

/** Recorded files keep their pages: the n-th file that has something to say is page n, whatever page size was asked. */
function filePage(
  pageOf: (conversation: SimulatedConversation) => number,
  found: readonly SimulatedConversation[],
  paging: Paging,
): readonly SimulatedConversation[] {
  const files = [...new Set(found.map(pageOf))].sort((a, b) => a - b);
  const file = files[paging.pageNumber - 1];
  return file === undefined ? [] : found.filter((conversation) => pageOf(conversation) === file);
}

/** The API's count is approximate while data changes; here it is exact unless drift is configured. */
function totalHits(core: Core, exact: number, call: Call): number {
  const fault = core.faults.strikes('wrongTotalHits', call.counter);
  if (fault === undefined) return exact;
  const driftMax = fault.driftMax ?? driftMaxDefault;
  return Math.max(0, exact + (call.counter % (2 * driftMax + 1)) - driftMax);
}
