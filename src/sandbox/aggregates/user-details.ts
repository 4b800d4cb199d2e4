import { dayMs } from '../../lib/interval.js';
import type { UserDetailsQuery } from '../server/aggregates/analytics-modules.js';
import { objects } from '../server/faults/record-faults.js';
import type { Json, JsonObject, World } from '../world.js';
import { type AgentTimeline, type AgentTimelines, eventWorldOf } from './event-world.js';
import { timelinesOf } from './timelines.js';

/**
 * A longer status is reported in calendar pieces, so that the pieces are the same for every caller. The pieces
 * begin on Thursdays, as the epoch does: no weekend is cut.
 */
const pieceMs = 7 * dayMs;

/** Days of one user whose records are kept, because every page of an answer asks for all of them. */
const daysKeptMax = 50_000;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A record, and the part of it that lies in the day it is filed under. */
interface Filed extends Span {
  readonly record: JsonObject;
}

interface DayRecords {
  readonly presences: readonly Filed[];
  readonly statuses: readonly Filed[];
  /** End of the last of them; infinite while one is open. */
  readonly overMs: number;
}

interface Asked {
  readonly query: UserDetailsQuery;
  readonly timelines: AgentTimelines;
  readonly kept: Map<string, DayRecords>;
  readonly nowMs: number;
}

const keptOf = new WeakMap<World, Asked['kept']>();

/**
 * POST /api/v2/analytics/users/details/query: what users did, filed by user and UTC day, because that is how it is stored. A status
 * that spans midnight is reported, from its beginning to its end, under each of its days. An open one has no end.
 */
export function userDetails(query: UserDetailsQuery, world: World, nowMs: number): JsonObject[] {
  const source = eventWorldOf(world);
  const kept = keptOf.get(world) ?? new Map<string, DayRecords>();
  keptOf.set(world, kept);
  const asked = { query, timelines: timelinesOf(source), kept, nowMs };
  const { fromMs, toMs } = query.span;
  const untilMs = Math.min(toMs, nowMs);
  const users = source.directory.users
    .map((user) => String(user.id))
    .filter((id) => query.matchesUser((dimension) => (dimension === 'userId' ? [id] : [])))
    .sort();
  const found: JsonObject[] = [];
  for (let day = Math.floor(fromMs / dayMs) * dayMs; day < untilMs; day += dayMs) {
    const span = { fromMs: Math.max(day, fromMs), toMs: Math.min(day + dayMs, untilMs) };
    if (span.fromMs >= span.toMs) continue;
    for (const userId of users) found.push(...detailOf(asked, userId, day, span));
  }
  return query.order === 'desc' ? found.reverse() : found;
}

/**
 * Returns a page without the records that were already sent, and without users of whom nothing is left: pages may be shorter than asked.
 * Records that come twice on different pages stay.
 */
export function withoutRepeats(page: readonly JsonObject[]): JsonObject[] {
  const sent = new Set<string>();
  const isNew = (userId: Json | undefined) => (record: JsonObject) => {
    const key = `${userId} ${JSON.stringify(record)}`;
    return !sent.has(key) && sent.add(key).size > 0;
  };
  return page.flatMap(({ userId, primaryPresence, routingStatus }) =>
    entry(String(userId), objects(primaryPresence).filter(isNew(userId)), objects(routingStatus).filter(isNew(userId))),
  );
}

function entry(userId: string, primaryPresence: JsonObject[], routingStatus: JsonObject[]): JsonObject[] {
  if (primaryPresence.length === 0 && routingStatus.length === 0) return [];
  const presences = primaryPresence.length === 0 ? {} : { primaryPresence };
  return [{ userId, ...presences, ...(routingStatus.length === 0 ? {} : { routingStatus }) }];
}

/** None or one. */
function detailOf(asked: Asked, userId: string, day: number, span: Span): JsonObject[] {
  const { query } = asked;
  const { presences, statuses } = dayRecords(asked, userId, day);
  const touched = (filed: readonly Filed[]) =>
    filed.filter(({ fromMs, toMs }) => fromMs < span.toMs && toMs > span.fromMs).map(({ record }) => record);
  return entry(
    userId,
    touched(presences).filter((record) => query.matchesPresence(lookupOf(record))),
    touched(statuses).filter((record) => query.matchesRoutingStatus(lookupOf(record))),
  );
}

/** Returns the records of a day; one without an open status does not change any more, so it is computed once. */
function dayRecords({ timelines, kept, nowMs }: Asked, userId: string, day: number): DayRecords {
  const key = `${day} ${userId}`;
  const known = kept.get(key);
  // The clock of a test may be put back to when these had not ended.
  if (known !== undefined && known.overMs <= nowMs) return known;
  const timeline = timelines.agentTimeline(userId, day);
  if (timeline === undefined) return { presences: [], statuses: [], overMs: nowMs };
  const days = (neighbour: number) => timelines.agentTimeline(userId, neighbour);
  const presences = timeline.presences.map((presence) => ({
    ...presence,
    record: presenceRecord(presence, whole(presence, day, nowMs, days, presencesOf), nowMs),
  }));
  const statuses = timeline.routingStatuses.map((routing) => ({
    ...routing,
    record: routingRecord(routing, whole(routing, day, nowMs, days, statusesOf), nowMs),
  }));
  const ends = [...presences, ...statuses].map(({ record }) => Date.parse(String(record.endTime)));
  const overMs = ends.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(day, ...ends);
  const made = { presences, statuses, overMs };
  if (overMs <= nowMs) keep(kept, key, made);
  return made;
}

function keep(kept: Asked['kept'], key: string, made: DayRecords): void {
  const oldest = kept.size < daysKeptMax ? undefined : kept.keys().next().value;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(key, made);
}

function presenceRecord(presence: AgentTimeline['presences'][number], span: Span, nowMs: number): JsonObject {
  const { systemPresence, organizationPresenceId } = presence;
  return { ...times(span, nowMs), systemPresence, organizationPresenceId };
}

function routingRecord({ status }: AgentTimeline['routingStatuses'][number], span: Span, nowMs: number): JsonObject {
  return { ...times(span, nowMs), routingStatus: status };
}

function times({ fromMs, toMs }: Span, nowMs: number): JsonObject {
  const startTime = new Date(fromMs).toISOString();
  return toMs > nowMs ? { startTime } : { startTime, endTime: new Date(toMs).toISOString() };
}

function lookupOf(record: JsonObject): (dimension: string) => string[] {
  return (dimension) => {
    const value = record[dimension];
    return value === undefined ? [] : [String(value)];
  };
}

interface Valued extends Span {
  readonly value: string;
}

function presencesOf({ presences }: AgentTimeline): Valued[] {
  return presences.map(({ fromMs, toMs, organizationPresenceId: value }) => ({ fromMs, toMs, value }));
}

function statusesOf({ routingStatuses }: AgentTimeline): Valued[] {
  return routingStatuses.map(({ fromMs, toMs, status: value }) => ({ fromMs, toMs, value }));
}

/** Timelines are split at midnight; this puts the pieces of one status together again, as far as it is known now. */
function whole(
  span: Span,
  day: number,
  nowMs: number,
  days: (dayStartMs: number) => AgentTimeline | undefined,
  valuedOf: (timeline: AgentTimeline) => Valued[],
): Span {
  let { fromMs, toMs } = span;
  const spansOf = (dayStartMs: number) => valuedOf(days(dayStartMs) ?? { presences: [], routingStatuses: [] });
  const value = spansOf(day).find((candidate) => candidate.fromMs === fromMs)?.value;
  const pieceStartMs = Math.floor(day / pieceMs) * pieceMs;
  for (let border = day; border === fromMs && border > pieceStartMs; border -= dayMs) {
    const before = spansOf(border - dayMs).at(-1);
    if (before?.value !== value || before === undefined) break;
    fromMs = before.fromMs;
  }
  for (
    let border = day + dayMs;
    border === toMs && border < pieceStartMs + pieceMs && border <= nowMs;
    border += dayMs
  ) {
    const [after] = spansOf(border);
    if (after?.value !== value || after === undefined) break;
    toMs = after.toMs;
  }
  return { fromMs, toMs };
}
