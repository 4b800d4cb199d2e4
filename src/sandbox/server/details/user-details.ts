import { dayMs } from '../../../lib/interval.js';
import type { Json, JsonObject } from '../../world.js';
import type { AnalyticsModules, DimensionLookup, UserDetailsQuery } from '../aggregates/analytics-modules.js';
import type { Core } from '../core.js';
import type { Answer } from '../http/answer.js';
import { json } from '../http/answer.js';
import { badRequest, invalidValue } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { anyOf, jsonBody } from '../http/router.js';
import { parseInterval } from '../intervals.js';
import { parsePaging } from './details-query.js';
import { compileFilter } from './filters.js';

const userHitsMax = 100_000;
const filterDimensions: Readonly<Record<string, readonly string[]>> = {
  userFilters: ['userId'],
  presenceFilters: ['organizationPresenceId', 'systemPresence'],
  routingStatusFilters: ['routingStatus'],
};

export function userDetailRoutes(core: Core, modules: AnalyticsModules): Route[] {
  if (modules.userDetails === undefined) return [];
  return [
    {
      method: 'POST',
      path: '/api/v2/analytics/users/details/query',
      operation: 'users details query',
      permissions: anyOf('analytics:userDetail:view'),
      handle: (call) => answer(core, modules, call),
    },
  ];
}

/** Nothing found: `userDetails` is absent and `totalHits` is 0. A page may be shorter than asked: records already sent are not repeated. */
function answer(core: Core, { userDetails, userDetailsPage }: AnalyticsModules, call: Call): Answer {
  const body = jsonBody(call);
  const { pageSize, pageNumber } = parsePaging(body.paging, userHitsMax);
  const details = userDetails?.(parseQuery(body), core.world, core.clock.asOfMs()) ?? [];
  const asked = details.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
  const page = userDetailsPage?.(asked) ?? asked;
  return json({ ...(page.length === 0 ? {} : { userDetails: [...page] }), totalHits: details.length });
}

function parseQuery(body: JsonObject): UserDetailsQuery {
  const span = parseInterval(body.interval);
  const order = body.order ?? 'asc';
  if (!['asc', 'desc', 'unordered'].includes(String(order)))
    throw invalidValue(order, 'order', ['asc', 'desc', 'unordered']);
  const isFiltered = Object.keys(filterDimensions).some(
    (name) => Array.isArray(body[name]) && (body[name] as Json[]).length > 0,
  );
  const daysMax = isFiltered ? 31 : 7;
  if (span.toMs - span.fromMs > daysMax * dayMs)
    throw badRequest(`You must specify a search interval as part of your query that does not exceed ${daysMax} days.`);
  return {
    span,
    matchesUser: allOfThem(body, 'userFilters'),
    matchesPresence: allOfThem(body, 'presenceFilters'),
    matchesRoutingStatus: allOfThem(body, 'routingStatusFilters'),
    order: String(order),
  };
}

function allOfThem(body: JsonObject, name: string): (lookup: DimensionLookup) => boolean {
  const filters = body[name] ?? [];
  if (!Array.isArray(filters)) throw badRequest(`${name} must be a list.`);
  const tests = filters.map((filter) => compileFilter(filter, name, filterDimensions[name]));
  return (lookup) => tests.every((test) => test(lookup));
}
