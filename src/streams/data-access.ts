/** Permissions that each data set needs, what is lost without them, and the cheapest call that shows it. */
import type { CallOptions, GenesysApi, JsonObject } from '../genesys/api.js';
import { anyOf } from '../genesys/endpoints/predicates.js';
import { formatInterval, hourMs, plus } from '../lib/interval.js';
import type { DataAccess, Probe, ProbeContext } from './data-access-types.js';
import { directoryAccess } from './directory/access.js';

const conversationStreams = [
  'conversations',
  'conversation_history',
  'open_conversations',
  'survey_events',
  'evaluation_events',
];

/** The permissions by data set, the most important ones first. A test compares it with the catalogue of streams. */
export const dataAccess: readonly DataAccess[] = [
  {
    dataSets: conversationStreams,
    streams: conversationStreams,
    permission: 'analytics:conversationDetail:view',
    lost: 'All conversations: handlings, wrap-up codes and their causes, transfers, queue legs.',
    probe: answered((api, { call }) => api.detailsAvailability(call)),
  },
  aggregate(['queue_aggregates', 'agent_aggregates', 'wrapup_aggregates'], 'conversationAggregate', {
    lost: 'Figures of queues, agents and codes by interval; service levels; reconcile.',
    ask: (api, body, call) => api.conversationAggregates(body, call),
    metric: 'nConnected',
  }),
  aggregate(['user_aggregates'], 'userAggregate', {
    lost: 'On-queue time, occupancy and time in each status by interval.',
    ask: (api, body, call) => api.userAggregates(body, call),
    metric: 'tSystemPresence',
  }),
  {
    dataSets: ['user_details'],
    streams: ['user_details'],
    permission: 'analytics:userDetail:view',
    lost: 'Presences and routing statuses of agents as spans.',
    probe: answered((api, { now, call }) =>
      api.userDetails({ interval: lastHour(now), order: 'asc', paging: { pageSize: 1, pageNumber: 1 } }, call),
    ),
  },
  aggregate(['flow_aggregates', 'flow_outcome_aggregates'], 'flowAggregate', {
    lost: 'Figures of flows (IVR, bots) and of their outcomes.',
    ask: (api, body, call) => api.flowAggregates(body, call),
    metric: 'nFlow',
  }),
  aggregate(['survey_aggregates'], 'surveyAggregate', {
    lost: 'Survey figures by interval.',
    ask: (api, body, call) => api.surveyAggregates(body, call),
    metric: 'nSurveysSent',
  }),
  aggregate(['evaluation_aggregates'], 'evaluationAggregate', {
    lost: 'Evaluation figures by interval.',
    ask: (api, body, call) => api.evaluationAggregates(body, call),
    metric: 'nEvaluations',
  }),
  {
    dataSets: ['queue_observations'],
    streams: ['queue_observations'],
    permission: 'analytics:queueObservation:view',
    lost: 'Who waits and who is idle in each queue at this moment.',
    probe: answered((api, { call }) => api.queueObservations(nobodysQueue, call)),
  },
  ...directoryAccess,
];

/** The API requires a filter; a queue that does not exist gives the shortest response. */
const nobodysQueue: JsonObject = {
  filter: anyOf('queueId', ['00000000-0000-0000-0000-000000000000']),
  metrics: ['oWaiting'],
};

interface AggregateProbe {
  readonly lost: string;
  readonly metric: string;
  readonly ask: (api: GenesysApi, body: JsonObject, call: CallOptions) => Promise<unknown>;
}

function aggregate(streams: readonly string[], name: string, { lost, metric, ask }: AggregateProbe): DataAccess {
  return {
    dataSets: streams,
    streams,
    permission: `analytics:${name}:view`,
    lost,
    probe: answered((api, { now, call }) => ask(api, { interval: lastHour(now), metrics: [metric] }, call)),
  };
}

function answered(ask: (api: GenesysApi, context: ProbeContext) => Promise<unknown>): Probe {
  return async (api, context) => {
    await ask(api, context);
    return 'granted';
  };
}

/** Returns the last full hour, because aggregates need interval boundaries. */
function lastHour(now: Date): string {
  const to = new Date(Math.floor(now.getTime() / hourMs) * hourMs);
  return formatInterval({ from: plus(to, -hourMs), to });
}
