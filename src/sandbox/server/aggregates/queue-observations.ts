import { secondMs } from '../../../lib/interval.js';
import type { Json, JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import { compileFilter } from '../details/filters.js';
import { objects } from '../faults/record-faults.js';
import type { Answer } from '../http/answer.js';
import { json } from '../http/answer.js';
import { badRequest, invalidValue } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { anyOf, jsonBody } from '../http/router.js';
import { dateMsOf } from '../intervals.js';
import { texts } from './aggregate-routes.js';
import { queueObservationMetrics } from './aggregate-vocabulary.js';
import type { ObservationQuery, ObservationsModule } from './analytics-modules.js';

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

/** `module` computes what only events show: users and their statuses. Without one sessions and members are counted from records. */
export function queueObservationRoutes(core: Core, module: ObservationsModule | undefined): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/v2/analytics/queues/observations/query',
      operation: 'queue observations query',
      permissions: anyOf('analytics:queueObservation:view'),
      handle: (call) => answer(core, module, call),
    },
  ];
}

function answer(core: Core, module: ObservationsModule | undefined, call: Call): Answer {
  const query = parseQuery(jsonBody(call));
  if (module === undefined) return json({ results: resultsFromRecords(core, query) });
  return json(withSessionIds(core, module(query, core.world, core.clock.asOfMs())));
}

function parseQuery(body: JsonObject): ObservationQuery {
  const metrics = texts(body, 'metrics');
  const detailMetrics = texts(body, 'detailMetrics');
  if (metrics.length === 0) throw badRequest('At least one metric is required.');
  for (const metric of [...metrics, ...detailMetrics])
    if (!queueObservationMetrics.includes(metric)) throw invalidValue(metric, 'metric', queueObservationMetrics);
  if (body.filter === undefined) throw badRequest('A filter is required.');
  return { metrics, detailMetrics, matches: compileFilter(body.filter, 'filter', ['mediaType', 'queueId']) };
}

/** Events know no ids of sessions; the record's session that began this at the same instant has it. */
function withSessionIds(core: Core, answered: JsonObject): JsonObject {
  for (const group of objects(answered.results))
    for (const metric of objects(group.data))
      for (const observation of objects(metric.observations)) {
        const sessionId = sessionIdOf(core, observation);
        if (sessionId !== undefined) observation.sessionId = sessionId;
      }
  return answered;
}

function sessionIdOf(core: Core, observation: JsonObject): Json | undefined {
  const asOfMs = core.clock.asOfMs();
  const conversation = core.source.byId(String(observation.conversationId), asOfMs);
  if (conversation === undefined) return undefined;
  const here = presencesIn(core.source.record(conversation, asOfMs, false)).find(
    (presence) =>
      presence.observation.observationDate === observation.observationDate &&
      presence.observation.userId === observation.userId,
  );
  return here?.observation.sessionId;
}

/** Counts the present state from the same records that the details return. Of users only how many are members. */
function resultsFromRecords(core: Core, { metrics, detailMetrics, matches }: ObservationQuery): JsonObject[] {
  const isAsked = (queueId: string, mediaType?: string) => matches((name) => valuesOf(name, queueId, mediaType));
  const queues = core.world.directory.queues
    .map((queue) => String(queue.id))
    .filter((id) => isAsked(id) || mediaTypes.some((media) => isAsked(id, media)));
  const here = presences(core);
  const details = new Set(detailMetrics);
  return queues.flatMap((queueId) => [
    ...memberGroup(core, queueId, metrics),
    ...mediaTypes
      .filter((media) => isAsked(queueId, media) || isAsked(queueId))
      .map((mediaType) => ({
        group: { queueId, mediaType },
        data: mediaData(here, queueId, mediaType, metrics, details),
      }))
      .filter((group) => group.data.length > 0),
  ]);
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
  // A callback that waits for its hour does not wait for an agent yet.
  if (purpose === 'acd') return segmentType === 'scheduled' ? undefined : 'oWaiting';
  if (purpose !== 'agent') return undefined;
  if (segmentType === 'alert') return 'oAlerting';
  return segmentType === 'interact' || segmentType === 'hold' ? 'oInteracting' : undefined;
}
