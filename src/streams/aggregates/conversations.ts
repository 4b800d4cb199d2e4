import type { GenesysApi } from '../../genesys/api.js';
import type { Stream } from '../../model/extraction.js';
import type { Dimension } from './rows.js';
import { type AggregateKind, aggregateStream, type Granularity } from './stream.js';

/** All counts and times of the conversation aggregates. */
export const conversationMetrics: readonly string[] = [
  'nBlindTransferred',
  'nBotInteractions',
  'nCallbackAttempts',
  'nCallbackOverSla',
  'nCallbackScheduled',
  'nCfcOffered',
  'nCobrowseSessions',
  'nConnected',
  'nConsult',
  'nConsultTransferred',
  'nConversations',
  'nError',
  'nOffered',
  'nOutbound',
  'nOutboundAbandoned',
  'nOutboundAttempted',
  'nOutboundConnected',
  'nOverSla',
  'nStateTransitionError',
  'nTakeover',
  'nTransferred',
  'tAbandon',
  'tAcd',
  'tActiveCallback',
  'tActiveCallbackComplete',
  'tAcw',
  'tAgentResponseTime',
  'tAgentVideoConnected',
  'tAlert',
  'tAnswered',
  'tAverageAgentResponseTime',
  'tAverageCustomerResponseTime',
  'tBarging',
  'tCallbackAbandon',
  'tCallbackConnect',
  'tCallbackNotReached',
  'tCallbackVirtualWait',
  'tCfcAbandon',
  'tCfcAcd',
  'tCfcAnswered',
  'tCfcFlowOut',
  'tCoaching',
  'tCoachingComplete',
  'tConnected',
  'tContacting',
  'tDialing',
  'tFirstConnect',
  'tFirstDial',
  'tFirstEngagement',
  'tFirstResponse',
  'tFlowOut',
  'tHandle',
  'tHeld',
  'tHeldComplete',
  'tIvr',
  'tMonitoring',
  'tMonitoringComplete',
  'tNotResponding',
  'tPark',
  'tParkComplete',
  'tScreenMonitoring',
  'tShortAbandon',
  'tSnippetRecord',
  'tTalk',
  'tTalkComplete',
  'tTransmitting',
  'tUserResponseTime',
  'tVoicemail',
  'tWait',
];

const queue: Dimension = { name: 'queueId', column: 'queue_id', type: 'uuid' };
const user: Dimension = { name: 'userId', column: 'user_id', type: 'uuid' };
const mediaType: Dimension = { name: 'mediaType', column: 'media_type', type: 'text' };
const direction: Dimension = { name: 'direction', column: 'direction', type: 'text' };
const wrapUpCode: Dimension = { name: 'wrapUpCode', column: 'wrap_up_code', type: 'text' };

const ask: AggregateKind['ask'] = (api) => (body, call) => api.conversationAggregates(body, call);

/** POST /api/v2/analytics/conversations/aggregates/query: what Genesys' own queue, agent and wrap-up screens show. */
export function conversationAggregateStreams(api: GenesysApi, granularity: Granularity): readonly Stream[] {
  const kinds: readonly AggregateKind[] = [
    // The service level belongs to a queue and its media, so only this grouping has one.
    {
      relation: 'queue_aggregates',
      dimensions: [queue, mediaType, direction],
      metrics: [...conversationMetrics, 'oServiceLevel'],
      ask,
    },
    { relation: 'agent_aggregates', dimensions: [user, queue, mediaType], metrics: conversationMetrics, ask },
    {
      relation: 'wrapup_aggregates',
      dimensions: [wrapUpCode, queue, user, mediaType],
      metrics: conversationMetrics,
      ask,
    },
  ];
  return kinds.map((kind) => aggregateStream(api, granularity, kind));
}
