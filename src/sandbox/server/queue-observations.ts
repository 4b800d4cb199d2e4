import { secondMs } from '../../interval.js';
import type { Json, JsonObject } from '../world.js';
import { texts } from './aggregate-routes.js';
import { queueObservationMetrics } from './aggregate-vocabulary.js';
import type { Answer } from './answer.js';
import { json } from './answer.js';
import { badRequest, invalidValue } from './api-fault.js';
import type { Core } from './core.js';
import { compileFilter } from './filters.js';
import { dateMsOf } from './intervals.js';
import { objects } from './record-faults.js';
import type { Call, Route } from './router.js';
import { anyOf, jsonBody } from './router.js';

/** One session that waits in, alerts for or is handled from a queue right now. */
interface Presence {
  readonly queueId: string;
  readonly mediaType: string;
  readonly metric: 'oWaiting' | 'oAlerting' | 'oInteracting';
  readonly observation: JsonObject;
  readonly sinceMs: number;
}

const mediaTypes = ['voice', 'callback', 'chat', 'email', 'message'];
const sessionMetrics = ['oWaiting', 'oAlerting', 'oInteracting'];
const longest: Readonly<Record<string, string>> = { oLongestWaiting: 'oWaiting', oLongestInteracting: 'oInteracting' };
const observationsMax = 100;

export function queueObservationRoutes(core: Core): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/v2/analytics/queues/observations/query',
      operation: 'queue observations query',
      permissions: anyOf('analytics:queueObservation:view'),
      handle: (call) => answer(core, call),
    },
  ];
}

/** What happens at this instant, counted from the same records that the details tell. User metrics know members only, not their status. */
function answer(core: Core, call: Call): Answer {
  const body = jsonBody(call);
  const metrics = texts(body, 'metrics');
  if (metrics.length === 0) throw badRequest('At least one metric is required.');
  for (const metric of [...metrics, ...texts(body, 'detailMetrics')])
    if (!queueObservationMetrics.includes(metric)) throw invalidValue(metric, 'metric', queueObservationMetrics);
  if (body.filter === undefined) throw badRequest('A filter is required.');
  const test = compileFilter(body.filter, 'filter', ['mediaType', 'queueId']);
  const matches = (queueId: string, mediaType?: string) => test((name) => valuesOf(name, queueId, mediaType));
  const queues = core.world.directory.queues
    .map((queue) => String(queue.id))
    .filter((id) => matches(id) || mediaTypes.some((media) => matches(id, media)));
  const here = presences(core);
  const details = new Set(texts(body, 'detailMetrics'));
  return json({
    results: queues.flatMap((queueId) => [
      ...memberGroup(core, queueId, metrics),
      ...mediaTypes
        .filter((media) => matches(queueId, media) || matches(queueId))
        .map((mediaType) => ({
          group: { queueId, mediaType },
          data: mediaData(here, queueId, mediaType, metrics, details),
        }))
        .filter((group) => group.data.length > 0),
    ]),
  });
}

function valuesOf(name: string, queueId: string, mediaType: string | undefined): Json[] {
  if (name === 'queueId') return [queueId];
  return name === 'mediaType' && mediaType !== undefined ? [mediaType] : [];
}

function memberGroup(core: Core, queueId: string, metrics: readonly string[]): JsonObject[] {
  if (!metrics.includes('oMemberUsers')) return [];
  const count = core.world.directory.queueMembers.get(queueId)?.length ?? 0;
  return [{ group: { queueId }, data: [{ metric: 'oMemberUsers', stats: { count } }] }];
}

function mediaData(
  here: readonly Presence[],
  queueId: string,
  mediaType: string,
  metrics: readonly string[],
  details: ReadonlySet<string>,
): JsonObject[] {
  const inGroup = here.filter((presence) => presence.queueId === queueId && presence.mediaType === mediaType);
  return metrics.flatMap((metric): JsonObject[] => {
    const of = inGroup
      .filter((presence) => presence.metric === (longest[metric] ?? metric))
      .sort((a, b) => a.sinceMs - b.sinceMs);
    if (longest[metric] !== undefined)
      return of[0] === undefined ? [] : [{ metric, stats: { calculatedMetricValue: of[0].sinceMs } }];
    if (!sessionMetrics.includes(metric)) return [];
    const shown = {
      truncated: of.length > observationsMax,
      observations: of.slice(0, observationsMax).map((presence) => presence.observation),
    };
    return [{ metric, stats: { count: of.length }, ...(details.has(metric) ? shown : {}) }];
  });
}

function presences(core: Core): Presence[] {
  const nowMs = core.clock.asOfMs();
  return core.source
    .activeIn({ fromMs: nowMs - secondMs, toMs: nowMs + 1 }, nowMs)
    .filter((conversation) => conversation.endMs > nowMs)
    .flatMap((conversation) => presencesIn(core.source.record(conversation, nowMs, false)));
}

function presencesIn(record: JsonObject): Presence[] {
  return objects(record.participants).flatMap((participant) =>
    objects(participant.sessions).flatMap((session) => {
      const open = objects(session.segments).findLast((segment) => segment.segmentEnd === undefined);
      const metric = metricOf(String(participant.purpose), String(open?.segmentType));
      if (open?.queueId === undefined || metric === undefined) return [];
      return [presenceOf(record, participant, session, open, metric)];
    }),
  );
}

function presenceOf(
  record: JsonObject,
  participant: JsonObject,
  session: JsonObject,
  open: JsonObject,
  metric: Presence['metric'],
): Presence {
  const observation: JsonObject = {
    observationDate: open.segmentStart ?? null,
    conversationId: record.conversationId ?? null,
    sessionId: session.sessionId ?? null,
  };
  for (const name of ['direction', 'ani', 'dnis', 'addressFrom', 'addressTo'])
    if (session[name] !== undefined) observation[name] = session[name] as Json;
  if (participant.userId !== undefined) observation.userId = participant.userId;
  if (participant.participantName !== undefined) observation.participantName = participant.participantName;
  const sinceMs = dateMsOf(String(open.segmentStart)) ?? 0;
  return { queueId: String(open.queueId), mediaType: String(session.mediaType), metric, observation, sinceMs };
}

function metricOf(purpose: string, segmentType: string): Presence['metric'] | undefined {
  if (purpose === 'acd') return 'oWaiting';
  if (purpose !== 'agent') return undefined;
  if (segmentType === 'alert') return 'oAlerting';
  return segmentType === 'interact' || segmentType === 'hold' ? 'oInteracting' : undefined;
}
