import type { AggregateKind, AggregateQuery, AggregatesModule } from '../server/aggregates/analytics-modules.js';
import { conversationAggregates } from './conversation-aggregates.js';
import { flowAggregates } from './flow-aggregates.js';
import { evaluationAggregates, surveyAggregates } from './quality-aggregates.js';
import { userAggregates } from './user-aggregates.js';

export { resultLimit } from './answer.js';
export { conversationAggregates } from './conversation-aggregates.js';
export { hasEvents } from './event-world.js';
export { flowAggregates } from './flow-aggregates.js';
export { evaluationAggregates, surveyAggregates } from './quality-aggregates.js';
export { type ObservationQuery, queueObservations } from './queue-observations.js';
export { userAggregates } from './user-aggregates.js';
export { userDetails, withoutRepeats } from './user-details.js';

const families: Readonly<Record<AggregateKind, AggregatesModule>> = {
  conversations: conversationAggregates,
  users: userAggregates,
  flows: flowAggregates,
  surveys: surveyAggregates,
  evaluations: evaluationAggregates,
};

/**
 * Figures of a simulated organisation, computed from its events and never from its records, so that
 * each can be checked against the other.
 */
export const aggregates: AggregatesModule = (query: AggregateQuery, world, nowMs) =>
  families[query.kind](query, world, nowMs);
