import type { Json, JsonObject } from '../../world.js';
import { objects } from '../faults/record-faults.js';
import { badRequest, invalidValue } from '../http/api-fault.js';
import { dateMsOf, parseInterval } from '../intervals.js';
import { conversationDimensions, evaluationDimensions, segmentDimensions, surveyDimensions } from './vocabulary.js';

/** The values that a filter tests, as lists by name, so that single and many-valued fields compare alike. */
type Lookup = (name: string) => readonly Json[];
type Test = (lookup: Lookup) => boolean;

export type RecordTest = (record: JsonObject) => boolean;

interface Vocabulary {
  readonly key: string;
  readonly dimensions: readonly string[] | undefined;
}

interface Target extends Vocabulary {
  /** The things of which one must satisfy a whole filter. */
  rows(record: JsonObject): readonly Lookup[];
}

const targets: readonly Target[] = [
  { key: 'conversationFilters', dimensions: conversationDimensions, rows: (record) => [conversationLookup(record)] },
  { key: 'segmentFilters', dimensions: segmentDimensions, rows: segmentLookups },
  {
    key: 'evaluationFilters',
    dimensions: evaluationDimensions,
    rows: (record) => objects(record.evaluations).map(fieldLookup),
  },
  { key: 'surveyFilters', dimensions: surveyDimensions, rows: (record) => objects(record.surveys).map(fieldLookup) },
  { key: 'resolutionFilters', dimensions: [], rows: (record) => objects(record.resolutions).map(fieldLookup) },
];

export interface CompiledFilters {
  readonly test: RecordTest;
  /** False when id, start and end are all that is asked: then no record has to be made to answer. */
  readonly needsRecord: boolean;
  /** True when only conversations with a survey or an evaluation can answer. */
  readonly needsAssessment: boolean;
}

/** Undefined when the query has no filter at all. Throws the API's 400 for a filter that it would refuse. */
export function compileFilters(query: JsonObject): CompiledFilters | undefined {
  const tests = targets.flatMap((target) =>
    list(query[target.key], target.key).map((filter) => ({ target, test: compileGroup(filter, target, 0) })),
  );
  if (tests.length === 0) return undefined;
  return {
    test: (record) => tests.every(({ target, test }) => rowsOf(target, record).some((row) => test(row))),
    needsRecord:
      tests.some(({ target }) => target.key !== 'conversationFilters') || !onlyKeys(query.conversationFilters),
    needsAssessment: tests.some(({ target, test }) => assessments.has(target.key) && !test(() => [])),
  };
}

const assessments = new Set(['evaluationFilters', 'surveyFilters']);

/** A conversation without evaluations still answers whether one does not exist. */
function rowsOf(target: Target, record: JsonObject): readonly Lookup[] {
  const rows = target.rows(record);
  return rows.length > 0 ? rows : [() => []];
}

function onlyKeys(filters: Json | undefined): boolean {
  return list(filters, 'conversationFilters').every(
    (filter) =>
      list(filter.predicates, 'predicates').every((predicate) => keyDimensions.has(String(predicate.dimension))) &&
      onlyKeys(filter.clauses),
  );
}

const keyDimensions = new Set(['conversationId', 'conversationStart', 'conversationEnd']);

/** Evaluates a single filter, for endpoints with records of their own. `dimensions` undefined: any name will do. */
export function compileFilter(
  filter: Json,
  key: string,
  dimensions: readonly string[] | undefined,
): (lookup: Lookup) => boolean {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    throw badRequest(`${key} must hold objects.`);
  return compileGroup(filter, { key, dimensions }, 0);
}

function compileGroup(filter: JsonObject, target: Vocabulary, depth: number): Test {
  if (filter.type !== 'and' && filter.type !== 'or')
    throw invalidValue(filter.type, `${target.key}.type`, ['and', 'or']);
  const predicates = list(filter.predicates, 'predicates').map((predicate) => compilePredicate(predicate, target));
  const clauses = list(filter.clauses, 'clauses');
  if (clauses.length > 0 && depth > 0) throw badRequest('Filters may be nested no deeper than two levels.');
  const tests = [...predicates, ...clauses.map((clause) => compileGroup(clause, target, depth + 1))];
  if (tests.length === 0) throw badRequest('A filter must have at least one predicate or clause.');
  return filter.type === 'and' ? (row) => tests.every((test) => test(row)) : (row) => tests.some((test) => test(row));
}

function compilePredicate(predicate: JsonObject, target: Vocabulary): Test {
  const name = nameOf(predicate, target);
  const operator = predicate.operator ?? 'matches';
  if (operator === 'exists') return (row) => row(name).length > 0;
  if (operator === 'notExists') return (row) => row(name).length === 0;
  if (operator !== 'matches') throw invalidValue(operator, 'operator', ['matches', 'exists', 'notExists']);
  if (predicate.range !== undefined && predicate.range !== null) return rangeTest(name, predicate.range as JsonObject);
  const value = predicate.value;
  // A predicate that names a dimension and no value asks for records without one.
  if (value === undefined || value === null) return (row) => row(name).length === 0;
  if (name.endsWith('Start') || name.endsWith('End') || name.endsWith('Time')) return timeTest(name, String(value));
  const wanted = String(value).toLowerCase();
  return (row) => row(name).some((actual) => String(actual).toLowerCase() === wanted);
}

function nameOf(predicate: JsonObject, target: Vocabulary): string {
  if (typeof predicate.metric === 'string') return predicate.metric;
  if (typeof predicate.property === 'string') return predicate.property;
  const dimension = predicate.dimension;
  if (typeof dimension !== 'string' || target.dimensions?.includes(dimension) === false)
    throw invalidValue(dimension, 'dimension', target.dimensions ?? []);
  return dimension;
}

function rangeTest(name: string, range: JsonObject): Test {
  const bound = (key: string, fallback: number) => (typeof range[key] === 'number' ? range[key] : fallback);
  const gt = bound('gt', Number.NEGATIVE_INFINITY);
  const gte = bound('gte', Number.NEGATIVE_INFINITY);
  const lt = bound('lt', Number.POSITIVE_INFINITY);
  const lte = bound('lte', Number.POSITIVE_INFINITY);
  const holds = (value: number) => value > gt && value >= gte && value < lt && value <= lte;
  return (row) => row(name).some((value) => holds(typeof value === 'number' ? value : Number.NaN));
}

/** A time is matched by an interval or by the same instant. */
function timeTest(name: string, value: string): Test {
  if (value.includes('/')) {
    const span = parseInterval(value);
    return (row) => row(name).some((actual) => within(dateMsOf(String(actual)), span.fromMs, span.toMs));
  }
  const at = dateMsOf(value);
  return (row) => row(name).some((actual) => dateMsOf(String(actual)) === at);
}

function within(at: number | undefined, fromMs: number, toMs: number): boolean {
  return at !== undefined && at >= fromMs && at < toMs;
}

function conversationLookup(record: JsonObject): Lookup {
  return (name) => {
    const direct = values(record[name] ?? record[pluralOf(name)]);
    return direct.length > 0 || !/^[nto][A-Z]/.test(name) ? direct : metricTotal(record, name);
  };
}

function metricTotal(record: JsonObject, name: string): readonly Json[] {
  const found = objects(record.participants)
    .flatMap((participant) => objects(participant.sessions))
    .flatMap((session) => objects(session.metrics))
    .filter((metric) => metric.name === name);
  return found.length === 0 ? [] : [found.reduce((sum, metric) => sum + Number(metric.value), 0)];
}

/** A segment answers for its own fields, then for those of its session, its flow and its participant. */
function segmentLookups(record: JsonObject): readonly Lookup[] {
  const rows: Lookup[] = [];
  for (const participant of objects(record.participants))
    for (const session of objects(participant.sessions))
      for (const segment of objects(session.segments)) rows.push(segmentLookup(segment, session, participant));
  return rows;
}

function segmentLookup(segment: JsonObject, session: JsonObject, participant: JsonObject): Lookup {
  const flow = (session.flow ?? {}) as JsonObject;
  const holders = [segment, session, flow, ...objects(flow.outcomes), participant];
  return (name) => {
    if (name === 'tSegmentDuration') return duration(segment);
    for (const holder of holders) {
      const found = values(holder[name] ?? holder[pluralOf(name)]);
      if (found.length > 0) return found;
    }
    return [];
  };
}

/** Fields that hold several values are asked for by the name of one. */
function pluralOf(name: string): string {
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}

function duration(segment: JsonObject): readonly Json[] {
  const from = dateMsOf(String(segment.segmentStart));
  const to = dateMsOf(String(segment.segmentEnd));
  return from === undefined || to === undefined ? [] : [to - from];
}

function fieldLookup(holder: JsonObject): Lookup {
  return (name) => values(holder[name]);
}

function values(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function list(value: Json | undefined, name: string): JsonObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest(`${name} must be a list.`);
  return objects(value);
}
