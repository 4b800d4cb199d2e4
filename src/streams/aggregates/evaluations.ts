import type { GenesysApi } from '../../genesys/api.js';
import { hourMs } from '../../lib/interval.js';
import type { Stream } from '../../model/extraction.js';
import { type AggregateKind, aggregateStream, type Granularity } from './stream.js';

const evaluations: AggregateKind = {
  relation: 'evaluation_aggregates',
  isScored: true,
  liveLengthMs: 6 * hourMs,
  dimensions: [
    { name: 'queueId', column: 'queue_id', type: 'uuid' },
    { name: 'userId', column: 'user_id', type: 'uuid' },
    { name: 'evaluatorId', column: 'evaluator_id', type: 'uuid' },
    { name: 'formId', column: 'form_id', type: 'uuid' },
    { name: 'mediaType', column: 'media_type', type: 'text' },
  ],
  metrics: ['nEvaluations', 'nEvaluationsDeleted', 'nEvaluationsRescored', 'oTotalCriticalScore', 'oTotalScore'],
  ask: (api) => (body, call) => api.evaluationAggregates(body, call),
};

/** POST /api/v2/analytics/evaluations/aggregates/query, in the API's own default time dimension. */
export function evaluationAggregateStream(api: GenesysApi, granularity: Granularity): Stream {
  return aggregateStream(api, granularity, evaluations);
}
