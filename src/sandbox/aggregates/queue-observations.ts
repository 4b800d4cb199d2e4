import { dayMs, hourMs } from '../../lib/interval.js';
import { objects } from '../server/faults/record-faults.js';
import type { WorldEvent } from '../world/events.js';
import type { Json, JsonObject, World } from '../world.js';
import { type EventConversation, type EventWorld, eventWorldOf } from './event-world.js';
import { timelinesOf } from './timelines.js';
import { mappings } from './user-aggregates.js';

type Presence = 'oWaiting' | 'oAlerting' | 'oInteracting';

/** A session that is in a queue, or with an agent from a queue, at this instant. */
interface Here {
  readonly metric: Presence;
  readonly queueId: string;
  readonly mediaType: string;
  readonly sinceMs: number;
  readonly observation: JsonObject;
}

/** The present activity of a queue's member. */
interface Member {
  readonly isJoined: boolean;
  readonly organizationPresenceId: string;
  readonly routingStatus: string;
}

export interface ObservationQuery {
  readonly metrics: readonly string[];
  readonly detailMetrics: readonly string[];
  readonly matches: (lookup: (dimension: string) => readonly Json[]) => boolean;
}

const mediaTypes: readonly string[] = ['voice', 'chat', 'message', 'email', 'callback'];
const longest: Readonly<Record<string, Presence>> = {
  oLongestWaiting: 'oWaiting',
  oLongestInteracting: 'oInteracting',
};
const observationsMax = 100;
const marginMs = hourMs;

/**
 * POST /api/v2/analytics/queues/observations/query: sessions by queue and medium, members by queue, at this instant. Sessions are
 * reported without their ids, which events do not know.
 */
export function queueObservations(query: ObservationQuery, world: World, nowMs: number): JsonObject {
  const source = eventWorldOf(world);
  const here = sessionsNow(source, nowMs);
  const results = source.directory.queues.flatMap(({ id }) => {
    const queueId = String(id);
    const isAsked = (media?: string) =>
      query.matches((name) =>
        name === 'queueId' ? [queueId] : name === 'mediaType' && media !== undefined ? [media] : [],
      );
    const asked = mediaTypes.filter(isAsked);
    if (asked.length === 0) return [];
    const members = isAsked() ? memberData(query, source, queueId, nowMs) : [];
    return [
      { group: { queueId }, data: members },
      ...asked.map((mediaType) => ({
        group: { queueId, mediaType },
        data: sessionData(
          query,
          here.filter((one) => one.queueId === queueId && one.mediaType === mediaType),
        ),
      })),
    ].filter(({ data }) => data.length > 0);
  });
  return { systemToOrganizationMappings: mappings(source.directory), ...(results.length === 0 ? {} : { results }) };
}

/** Counts are reported even when nobody is there; the longest only where somebody is. */
function sessionData(query: ObservationQuery, here: readonly Here[]): JsonObject[] {
  return query.metrics.flatMap((metric): JsonObject[] => {
    const those = here.filter((one) => one.metric === (longest[metric] ?? metric));
    if (longest[metric] !== undefined)
      return those[0] === undefined ? [] : [{ metric, stats: { calculatedMetricValue: those[0].sinceMs } }];
    if (!['oWaiting', 'oAlerting', 'oInteracting'].includes(metric)) return [];
    const stats = { count: those.length };
    if (!query.detailMetrics.includes(metric) || those.length === 0) return [{ metric, stats }];
    const observations = those.slice(0, observationsMax).map(({ observation }) => observation);
    return [{ metric, stats, truncated: those.length > observationsMax, observations }];
  });
}

function memberData(query: ObservationQuery, world: EventWorld, queueId: string, nowMs: number): JsonObject[] {
  const members = objects([...(world.directory.queueMembers.get(queueId) ?? [])]).flatMap(
    (member) => memberNow(world, member, nowMs) ?? [],
  );
  const joined = members.filter(({ isJoined }) => isJoined);
  const on = joined.filter(({ routingStatus }) => routingStatus !== 'OFF_QUEUE');
  const off = joined.filter(({ routingStatus }) => routingStatus === 'OFF_QUEUE');
  return query.metrics.flatMap((metric): JsonObject[] => {
    if (metric === 'oMemberUsers') return [{ metric, stats: { count: members.length } }];
    if (metric === 'oActiveUsers') return [{ metric, stats: { count: joined.length } }];
    if (metric === 'oOnQueueUsers') return byQualifier(metric, on, ({ routingStatus }) => routingStatus);
    if (metric === 'oUserRoutingStatuses') return byQualifier(metric, members, ({ routingStatus }) => routingStatus);
    if (metric === 'oOffQueueUsers')
      return byQualifier(metric, off, ({ organizationPresenceId }) => organizationPresenceId);
    if (metric === 'oUserPresences')
      return byQualifier(metric, members, ({ organizationPresenceId }) => organizationPresenceId);
    return [];
  });
}

function memberNow(world: EventWorld, member: JsonObject, nowMs: number): Member | undefined {
  const timeline = timelinesOf(world).agentTimeline(String(member.id), Math.floor(nowMs / dayMs) * dayMs);
  const isNow = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => fromMs <= nowMs && nowMs < toMs;
  const presence = timeline?.presences.find(isNow);
  const routing = timeline?.routingStatuses.find(isNow);
  if (presence === undefined || routing === undefined) return undefined;
  const { organizationPresenceId } = presence;
  return { isJoined: member.joined === true, organizationPresenceId, routingStatus: routing.status };
}

function byQualifier(metric: string, members: readonly Member[], of: (member: Member) => string): JsonObject[] {
  const counts = new Map<string, number>();
  for (const member of members) counts.set(of(member), (counts.get(of(member)) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([qualifier, count]) => ({ metric, qualifier, stats: { count } }));
}

/** Returns the sessions of all conversations that have begun and not ended, in order of time. */
function sessionsNow(world: EventWorld, nowMs: number): Here[] {
  const { lifetimeMsMax, shortLifetimeMsMax = lifetimeMsMax } = world;
  const found: Here[] = [];
  for (let day = floorDay(nowMs - lifetimeMsMax); day <= nowMs + marginMs; day += dayMs) {
    const isNear = day + dayMs > nowMs - shortLifetimeMsMax - marginMs;
    const conversations = isNear ? undefined : world.longConversationsOfDay?.(day);
    for (const conversation of conversations ?? world.conversationsOfDay(day)) {
      if (conversation.startMs - marginMs <= nowMs && conversation.endMs > nowMs)
        found.push(...phasesNow(conversation, nowMs));
    }
  }
  return found.sort((a, b) => a.sinceMs - b.sinceMs);
}

function floorDay(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs;
}

type Opened = Extract<WorldEvent, { kind: 'sessionOpened' }>;

interface Now {
  readonly opened: Opened;
  phase: Extract<WorldEvent, { kind: 'phaseStarted' }> | undefined;
}

function phasesNow(conversation: EventConversation, nowMs: number): Here[] {
  const sessions: Now[] = [];
  const names = new Map<number, Json | undefined>();
  for (const event of conversation.events) {
    if (event.atMs > nowMs) continue;
    if (event.kind === 'participantJoined') names.set(event.participant, event.fields.participantName);
    else if (event.kind === 'sessionOpened') sessions[event.session] = { opened: event, phase: undefined };
    else if (event.kind === 'phaseStarted' || event.kind === 'phaseEnded') {
      const session = sessions[event.session];
      if (session !== undefined) session.phase = event.kind === 'phaseStarted' ? event : undefined;
    }
  }
  return sessions.flatMap(({ opened, phase }) => {
    const metric = phase === undefined ? undefined : metricOf(opened.purpose, phase.phase);
    if (phase?.queueId === undefined || metric === undefined) return [];
    const observation = observationOf(conversation.id, opened, phase.atMs, names.get(opened.participant));
    return [{ metric, queueId: phase.queueId, mediaType: opened.mediaType, sinceMs: phase.atMs, observation }];
  });
}

function metricOf(purpose: string, phase: string): Presence | undefined {
  // A callback that waits for its hour is in the queue's list and not yet waiting for an agent.
  if (purpose === 'acd') return phase === 'scheduled' ? undefined : 'oWaiting';
  if (purpose !== 'agent') return undefined;
  if (phase === 'alert') return 'oAlerting';
  return phase === 'interact' || phase === 'hold' ? 'oInteracting' : undefined;
}

function observationOf(conversationId: string, opened: Opened, sinceMs: number, name: Json | undefined): JsonObject {
  const observation: JsonObject = { observationDate: new Date(sinceMs).toISOString(), conversationId };
  if (typeof name === 'string') observation.participantName = name;
  if (opened.userId !== undefined) observation.userId = opened.userId;
  if (opened.direction !== undefined) observation.direction = opened.direction;
  for (const field of ['ani', 'dnis', 'addressFrom', 'addressTo', 'requestedRoutings', 'usedRouting']) {
    const value = opened.fields[field];
    if (value !== undefined) observation[field] = value;
  }
  return observation;
}
