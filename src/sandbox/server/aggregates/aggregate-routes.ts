import type { Json, JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import { compileFilter } from '../details/filters.js';
import { objects } from '../faults/record-faults.js';
import type { Answer } from '../http/answer.js';
import { json } from '../http/answer.js';
import { badRequest, invalidValue } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { anyOf, jsonBody } from '../http/router.js';
import { parseInterval } from '../intervals.js';
import {
  conversationGroupBys,
  conversationMetrics,
  evaluationMetrics,
  flowGroupBys,
  flowMetrics,
  surveyMetrics,
  userMetrics,
} from './aggregate-vocabulary.js';
import type { AggregateKind, AggregateQuery, AggregatesModule } from './analytics-modules.js';
import { splitByGranularity } from './granularity.js';

/** Describes what one family of aggregates accepts. `groupBys` undefined: not all names are known, so none is refused. */
interface Family {
  readonly kind: AggregateKind;
  readonly permission: string;
  readonly metrics: readonly string[];
  readonly groupBys: readonly string[] | undefined;
  readonly timeDimensions: readonly string[];
}

const families: readonly Family[] = [
  {
    kind: 'conversations',
    permission: 'conversationAggregate',
    metrics: conversationMetrics,
    groupBys: conversationGroupBys,
    timeDimensions: ['eventTime'],
  },
  {
    kind: 'users',
    permission: 'userAggregate',
    metrics: userMetrics,
    groupBys: ['userId'],
    timeDimensions: ['eventTime'],
  },
  {
    kind: 'flows',
    permission: 'flowAggregate',
    metrics: flowMetrics,
    groupBys: [...conversationGroupBys, ...flowGroupBys],
    timeDimensions: ['eventTime'],
  },
  {
    kind: 'surveys',
    permission: 'surveyAggregate',
    metrics: surveyMetrics,
    groupBys: undefined,
    timeDimensions: ['eventTime', 'surveyCreatedDate'],
  },
  {
    kind: 'evaluations',
    permission: 'evaluationAggregate',
    metrics: evaluationMetrics,
    groupBys: undefined,
    timeDimensions: ['conversationStart', 'evaluationCreatedDate', 'evaluationReleaseDate', 'eventTime'],
  },
];

const viewsMax = 10;
const usersMax = 100;
const usersFilterText = `Only ${usersMax} users can be requested at a time.`;

/** Nothing is served where nobody computes: an endpoint without figures would look like an organisation without work. */
export function aggregateRoutes(core: Core, aggregates: AggregatesModule | undefined): Route[] {
  if (aggregates === undefined) return [];
  return families.map((family) => ({
    method: 'POST',
    path: `/api/v2/analytics/${family.kind}/aggregates/query`,
    operation: `${family.kind} aggregates query`,
    permissions: anyOf(`analytics:${family.permission}:view`),
    handle: (call) => answer(core, aggregates, family, call),
  }));
}

function answer(core: Core, aggregates: AggregatesModule, family: Family, call: Call): Answer {
  const query = parseQuery(family, jsonBody(call));
  const result = aggregates(query, core.world, core.clock.asOfMs());
  const rows = objects(result.results).reduce((sum, group) => sum + objects(group.data).length, 0);
  if (rows > core.options.aggregateRowsMax)
    throw badRequest('Result set is larger than result limit. Use a larger granularity or a smaller interval.');
  return json(result);
}

function parseQuery(family: Family, body: JsonObject): AggregateQuery {
  const span = parseInterval(body.interval);
  const timeZone = optionalText(body, 'timeZone') ?? 'UTC';
  const groupBy = texts(body, 'groupBy');
  const metrics = texts(body, 'metrics');
  if (metrics.length === 0) throw badRequest('At least one metric is required.');
  for (const metric of metrics)
    if (!family.metrics.includes(metric)) throw invalidValue(metric, 'metric', family.metrics);
  for (const name of groupBy)
    if (family.groupBys?.includes(name) === false) throw invalidValue(name, 'dimension', family.groupBys);
  checkChoice(body, 'alternateTimeDimension', family.timeDimensions);
  checkChoice(body, 'queryType', ['bottomN', 'groupBy', 'topN']);
  if (family.kind === 'users' && countUsers(body.filter) > usersMax) throw badRequest(usersFilterText);
  return {
    kind: family.kind,
    span,
    buckets: splitByGranularity(span, optionalText(body, 'granularity'), timeZone),
    timeZone,
    metrics,
    groupBy,
    matches: matcherOf(family, body.filter),
    flattenMultivaluedDimensions: body.flattenMultivaluedDimensions === true,
    alternateTimeDimension: optionalText(body, 'alternateTimeDimension'),
    views: viewsOf(family, body.views),
    body,
  };
}

function matcherOf(family: Family, filter: Json | undefined): AggregateQuery['matches'] {
  if (filter === undefined || filter === null) return () => true;
  return compileFilter(
    filter,
    'filter',
    family.groupBys === undefined ? undefined : [...family.groupBys, 'canonicalExternalContactId'],
  );
}

function viewsOf(family: Family, value: Json | undefined): readonly JsonObject[] {
  const views = objects(value);
  if (views.length > viewsMax) throw badRequest(`No more than ${viewsMax} views can be requested at a time.`);
  for (const view of views) {
    if (view.function !== 'rangeBound') throw invalidValue(view.function, 'function', ['rangeBound']);
    if (!family.metrics.includes(String(view.target))) throw invalidValue(view.target, 'metric', family.metrics);
  }
  return views;
}

function countUsers(filter: Json | undefined): number {
  const inside = (part: JsonObject): number =>
    objects(part.predicates).filter((predicate) => predicate.dimension === 'userId').length +
    objects(part.clauses).reduce((sum, clause) => sum + inside(clause), 0);
  return typeof filter === 'object' && filter !== null && !Array.isArray(filter) ? inside(filter) : 0;
}

function checkChoice(body: JsonObject, name: string, allowed: readonly string[]): void {
  const value = optionalText(body, name);
  if (value !== undefined && !allowed.includes(value)) throw invalidValue(value, name, allowed);
}

function optionalText(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badRequest(`${name} must be a text.`);
  return value;
}

export function texts(body: JsonObject, name: string): readonly string[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
    throw badRequest(`${name} must be a list of names.`);
  return value as string[];
}
