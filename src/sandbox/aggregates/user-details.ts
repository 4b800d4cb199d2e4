import { dayMs } from '../../interval.js';
import type { UserDetailsQuery } from '../server/analytics-modules.js';
import type { JsonObject, World } from '../world.js';
import { type AgentTimeline, type AgentTimelines, eventWorldOf } from './event-world.js';
import { timelinesOf } from './timelines.js';

/**
 * A status that goes on for longer is told in pieces of the calendar, so that its pieces are the same whoever asks. The pieces
 * begin on Thursdays, as the epoch does: no weekend is cut.
 */
const pieceMs = 7 * dayMs;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Asked {
  readonly query: UserDetailsQuery;
  readonly timelines: AgentTimelines;
  readonly nowMs: number;
}

/**
 * POST /api/v2/analytics/users/details/query: what users did, filed by user and UTC day, because that is how it is stored. A status
 * that goes on over midnight is told, from its beginning to its end, under each of its days. One that goes on now has no end.
 */
export function userDetails(query: UserDetailsQuery, world: World, nowMs: number): JsonObject[] {
  const source = eventWorldOf(world);
  const asked = { query, timelines: timelinesOf(source), nowMs };
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

/** None or one. */
function detailOf({ query, timelines, nowMs }: Asked, userId: string, day: number, span: Span): JsonObject[] {
  const timeline = timelines.agentTimeline(userId, day);
  if (timeline === undefined) return [];
  const isTouched = ({ fromMs, toMs }: Span) => fromMs < span.toMs && toMs > span.fromMs;
  const days = (neighbour: number) => timelines.agentTimeline(userId, neighbour);
  const primaryPresence = timeline.presences
    .filter(isTouched)
    .map((presence) => presenceRecord(presence, whole(presence, day, nowMs, days, presencesOf), nowMs))
    .filter((record) => query.matchesPresence(lookupOf(record)));
  const routingStatus = timeline.routingStatuses
    .filter(isTouched)
    .map((routing) => routingRecord(routing, whole(routing, day, nowMs, days, statusesOf), nowMs))
    .filter((record) => query.matchesRoutingStatus(lookupOf(record)));
  if (primaryPresence.length === 0 && routingStatus.length === 0) return [];
  const presences = primaryPresence.length === 0 ? {} : { primaryPresence };
  return [{ userId, ...presences, ...(routingStatus.length === 0 ? {} : { routingStatus }) }];
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

/** Timelines are cut at midnight; this puts the pieces of one status together again, as far as it is known now. */
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
