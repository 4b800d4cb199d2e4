import type { GenesysApi } from '../../genesys/api.js';
import type { Stream } from '../../model/extraction.js';
import { type AggregateKind, aggregateStream, type Granularity } from './stream.js';

const ask: AggregateKind['ask'] = (api) => (body, call) => api.flowAggregates(body, call);

const flows: AggregateKind = {
  relation: 'flow_aggregates',
  dimensions: [
    { name: 'flowId', column: 'flow_id', type: 'uuid' },
    { name: 'flowType', column: 'flow_type', type: 'text' },
    { name: 'mediaType', column: 'media_type', type: 'text' },
  ],
  metrics: [
    'nFlow',
    'nFlowMilestone',
    'nFlowOutcome',
    'nFlowOutcomeFailed',
    'oFlowMilestone',
    'tFlow',
    'tFlowDisconnect',
    'tFlowExit',
    'tFlowOutcome',
  ],
  ask,
};

/** Separate from the flows themselves, because grouped by outcome, a flow with two outcomes would count twice. */
const outcomes: AggregateKind = {
  relation: 'flow_outcome_aggregates',
  dimensions: [
    { name: 'flowId', column: 'flow_id', type: 'uuid' },
    { name: 'flowOutcomeId', column: 'flow_outcome_id', type: 'uuid' },
    { name: 'flowOutcomeValue', column: 'flow_outcome_value', type: 'text' },
    { name: 'mediaType', column: 'media_type', type: 'text' },
  ],
  metrics: ['nFlowOutcome', 'nFlowOutcomeFailed', 'tFlowOutcome'],
  ask,
};

/** POST /api/v2/analytics/flows/aggregates/query */
export function flowAggregateStreams(api: GenesysApi, granularity: Granularity): readonly Stream[] {
  return [flows, outcomes].map((kind) => aggregateStream(api, granularity, kind));
}
