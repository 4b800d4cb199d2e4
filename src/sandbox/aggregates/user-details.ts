import { dayMs } from '../../interval.js';
import type { UserDetailsQuery } from '../server/analytics-modules.js';
import type { JsonObject, World } from '../world.js';
import { type AgentTimeline, type EventWorld, eventWorldOf } from './event-world.js';

/** A stretch of days with the same status is followed no further than this, either way. */
const daysFollowedMax = 62;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * POST /api/v2/analytics/users/details/query: what users did, filed by user and UTC day, because that is how it is stored. A status
 * that goes on over midnight is told, from its beginning to its end, under each of its days. One that goes on now has no end.
 */
export function userDetails(query: UserDetailsQuery, world: World, nowMs: number): JsonObject[] {
  const source = eventWorldOf(world);
  const { fromMs, toMs } = query.span;
  const untilMs = Math.min(toMs, nowMs);
  const users = source.directory.users
    .map((user) => String(user.id))
    .filter((id) => query.matchesUser((dimension) => (dimension === 'userId' ? [id] : [])))
    .sort();
  const found: JsonObject[] = [];
  for (let day = Math.floor(fromMs / dayMs) * dayMs; day < untilMs; day += dayMs) {
    const span = { fromMs: Math.max(day, fromMs), toMs: Math.min(day + dayMs, untilMs) };
    for (const userId of users) found.push(...detailOf(query, source, userId, day, span, nowMs));
  }
  return query.order === 'desc' ? found.reverse() : found;
}

function detailOf(
  query: UserDetailsQuery,
  world: EventWorld,
  userId: string,
  day: number,
  span: Span,
  nowMs: number,
): JsonObject[] {
  const timeline = world.agentTimeline(userId, day);
  if (timeline === undefined) return [];
  const isTouched = ({ fromMs, toMs }: Span) => fromMs < span.toMs && toMs > span.fromMs;
  const presences = timeline.presences
    .filter(isTouched)
    .map((presence) => ({
      ...times(whole(world, userId, day, presence, samePresence), nowMs),
      systemPresence: presence.systemPresence,
      organizationPresenceId: presence.organizationPresenceId,
    }))
    .filter((record) => query.matchesPresence(lookupOf(record)));
  const routing = timeline.routingStatuses
    .filter(isTouched)
    .map((routing) => ({
      ...times(whole(world, userId, day, routing, sameRouting), nowMs),
      routingStatus: routing.status,
    }))
    .filter((record) => query.matchesRoutingStatus(lookupOf(record)));
  if (presences.length === 0 && routing.length === 0) return [];
  return [
    {
      userId,
      ...(presences.length === 0 ? {} : { primaryPresence: presences }),
      ...(routing.length === 0 ? {} : { routingStatus: routing }),
    },
  ];
}

function lookupOf(record: JsonObject): (dimension: string) => string[] {
  return (dimension) => {
    // The filters name the dimension as the record does, save for a word that documentation also uses.
    const value = record[dimension === 'organizationPresence' ? 'organizationPresenceId' : dimension];
    return value === undefined ? [] : [String(value)];
  };
}

function times({ fromMs, toMs }: Span, nowMs: number): JsonObject {
  const startTime = new Date(fromMs).toISOString();
  return toMs > nowMs ? { startTime } : { startTime, endTime: new Date(toMs).toISOString() };
}

type Neighbour = (timeline: AgentTimeline, edge: 'first' | 'last', like: Span) => Span | undefined;

const samePresence: Neighbour = ({ presences }, edge, like) => {
  const span = edge === 'first' ? presences[0] : presences.at(-1);
  const isSame = span?.organizationPresenceId === (like as (typeof presences)[number]).organizationPresenceId;
  return isSame ? span : undefined;
};
const sameRouting: Neighbour = ({ routingStatuses }, edge, like) => {
  const span = edge === 'first' ? routingStatuses[0] : routingStatuses.at(-1);
  return span?.status === (like as (typeof routingStatuses)[number]).status ? span : undefined;
};

/** Timelines are cut at midnight; this puts the pieces of one status together again. */
function whole(world: EventWorld, userId: string, day: number, span: Span, same: Neighbour): Span {
  let { fromMs, toMs } = span;
  for (let n = 1; n <= daysFollowedMax && fromMs === day - (n - 1) * dayMs; n++) {
    const before = world.agentTimeline(userId, day - n * dayMs);
    const piece = before === undefined ? undefined : same(before, 'last', span);
    if (piece === undefined) break;
    fromMs = piece.fromMs;
  }
  for (let n = 1; n <= daysFollowedMax && toMs === day + n * dayMs; n++) {
    const after = world.agentTimeline(userId, day + n * dayMs);
    const piece = after === undefined ? undefined : same(after, 'first', span);
    if (piece === undefined) break;
    toMs = piece.toMs;
  }
  return { fromMs, toMs };
}
