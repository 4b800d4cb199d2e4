/**
 * One row per conversation: sums over its sessions and, where no agent took part, why it has no
 * wrap-up code. Written at load, because grouping the sessions of a day takes a tenth of a second
 * and those of a month too long for a report. `sql/intermediate/int_conversation_facts.sql` is the
 * same definition in SQL over the session facts.
 */

import type { Column, ColumnValue } from '../values/columns.js';
import type { DerivedRelation, Row } from './relations.js';
import { factIndexes as at } from './session-facts.js';
import { countNames, type FactKey, timerNames } from './session-facts-columns.js';
import { verdictColumns, verdictFacts } from './verdict-facts.js';

type Type = Column['type'];
const columnsOf = (type: Type, ...names: string[]): Column[] => names.map((name) => ({ name, type }));

export const conversationFactsRelation: DerivedRelation = {
  name: 'conversation_facts',
  columns: [
    ...columnsOf('time', 'conversation_end'),
    ...columnsOf('bigint', 'agent_session_count', 'session_count', 'queue_leg_count', 'handled_count', 'coded_count'),
    ...columnsOf('bigint', 'transferred_count', 'handle_ms', 'talk_ms', 'held_ms', 'acw_ms', 'ivr_ms', 'acd_ms'),
    ...columnsOf('uuid', 'first_queue_id', 'last_queue_id'),
    ...columnsOf('boolean', 'is_open', 'is_abandoned'),
    ...columnsOf('text', 'media_type', 'media_types', 'originating_direction', 'wrapup_cause'),
    ...verdictColumns,
  ],
};

const flowPurposes = new Set<ColumnValue>(['ivr', 'botflow', 'workflow', 'inbound', 'voicesurveyflow']);
const dialerPurposes = new Set<ColumnValue>(['dialer', 'campaign', 'outbound']);

const isCustomer = (row: Row) => row[at.purpose] === 'customer' || row[at.purpose] === 'external';
const isFlow = (row: Row) => flowPurposes.has(row[at.purpose] ?? null) || row[at.ivrCount] !== null;
const isDialer = (row: Row) =>
  row[at.outboundCampaignId] !== null ||
  dialerPurposes.has(row[at.purpose] ?? null) ||
  row[at.outboundAttemptedCount] !== null ||
  ((row[at.lastWrapupCode] as string | null)?.startsWith('ININ-OUTBOUND-') ?? false);
const isVoicemail = (row: Row) =>
  row[at.purpose] === 'voicemail' || row[at.voicemailCount] !== null || row[at.hasVoicemail] === true;
const isCallback = (row: Row) => row[at.mediaType] === 'callback' && row[at.outboundCampaignId] === null;
const isQueueLeg = (row: Row) => row[at.isQueueLeg] === true;
/**
 * Returns true for a stay in a queue whose outcome no metric reports and that did not end by
 * transfer; also true while a contact waits.
 */
const isLegWithoutOutcome = (row: Row) =>
  isQueueLeg(row) &&
  row[at.abandonCount] === null &&
  row[at.acdCount] === null &&
  row[at.flowOutCount] === null &&
  row[at.lastDisconnectType] !== 'transfer';
const hasMetrics = (row: Row) => metricIndexes.some((index) => row[index] !== null);
const isCallbackMedia = (row: Row) => row[at.mediaType] === 'callback';

/**
 * Returns true when the customer gave up in a queue. Old records have no metrics: only for those,
 * and only after the stay and the conversation have ended, the lack of a transfer counts as
 * abandoning.
 */
function isAbandoned(sessions: readonly Row[], conversationEnd: ColumnValue): boolean {
  const legs = sessions.filter((row) => !isCallbackMedia(row));
  if (legs.some((row) => row[at.abandonCount] !== null)) return true;
  const hasEndWithoutOutcome = legs.some((row) => isLegWithoutOutcome(row) && row[at.endedAt] !== null);
  return hasEndWithoutOutcome && conversationEnd !== null && !sessions.some(hasMetrics);
}

/** Computes the row from the conversation's session facts, of which there is at least one. Pure. */
export function conversationFacts(sessions: readonly Row[]): Row {
  const first = sessions[0] as Row;
  const agentSessions = sessions.filter((row) => row[at.isAgentSession] === true);
  const conversationEnd = first[at.conversationEnd] ?? null;
  const isOpen = conversationEnd === null || agentSessions.some((row) => row[at.isOpen] === true);
  return [
    conversationEnd,
    first[at.agentSessionCount] ?? null,
    sessions.filter((row) => (row[0] as number) > 0).length,
    sessions.filter(isQueueLeg).length,
    agentSessions.filter((row) => row[at.handleCount] !== null).length,
    agentSessions.filter((row) => row[at.lastRealWrapupCode] !== null).length,
    ...summed.map((index) => sumOf(sessions, index)),
    sessions.find((row) => row[at.isFirstQueue] === true)?.[at.queueId] ?? null,
    sessions.find((row) => row[at.isLastQueue] === true)?.[at.queueId] ?? null,
    isOpen,
    isAbandoned(sessions, conversationEnd),
    mediaTypeOf(sessions),
    mediaTypes(sessions).join(',') || null,
    first[at.originatingDirection] ?? null,
    first[at.agentSessionCount] === 0 ? causeOf(sessions, conversationEnd) : null,
    ...verdictFacts(sessions, agentSessions),
  ];
}

const metricIndexes = [...Object.keys(timerNames), ...Object.keys(countNames)].map(
  (stem) => at[`${stem}Count` as FactKey],
);
const summed = [at.transferredCount, at.handleMs, at.talkMs, at.heldMs, at.acwMs, at.ivrMs, at.acdMs];

/** Returns the sum; null where no session has the figure. */
function sumOf(sessions: readonly Row[], index: number): number | null {
  let sum: number | null = null;
  for (const row of sessions) {
    const value = row[index] as number | null;
    if (value !== null) sum = (sum ?? 0) + value;
  }
  return sum;
}

/** Returns the distinct media types, in alphabetical order. */
function mediaTypes(sessions: readonly Row[]): string[] {
  const types = new Set(sessions.map((row) => row[at.mediaType] as string | null));
  return [...types].filter((type) => type !== null).sort();
}

/** Returns the media type of the queue's session; without one, the customer's. */
function mediaTypeOf(sessions: readonly Row[]): string | null {
  const [type] = [sessions.filter(isQueueLeg), sessions.filter(isCustomer), sessions].flatMap(mediaTypes);
  return type ?? null;
}

/**
 * Returns why a conversation without an agent session has no wrap-up code; null where a flow or a
 * dialer set one. The order is that of mart.dim_wrapup_causes: the latest event that is possible
 * without an agent comes first.
 */
function causeOf(sessions: readonly Row[], conversationEnd: ColumnValue): string | null {
  if (sessions.some((row) => row[at.lastRealWrapupCode] !== null)) return null;
  if (conversationEnd === null) return 'still_open';
  if (sessions.some(isVoicemail)) return 'voicemail';
  if (sessions.some(isCallback)) return 'callback_unanswered';
  if (isAbandoned(sessions, conversationEnd)) return 'abandoned_in_queue';
  const isReached = sessions.some((row) => row[at.isConnected] === true);
  if (!isReached && sessions.some(isDialer)) return 'outbound_no_contact';
  if (sessions.some((row) => row[at.flowOutCount] !== null || (isQueueLeg(row) && !isLegWithoutOutcome(row))))
    return 'flow_out';
  // It reached a queue, and nothing reports how it left the queue.
  if (sessions.some(isQueueLeg)) return 'unexplained';
  return causeOutsideQueues(sessions, isReached);
}

function causeOutsideQueues(sessions: readonly Row[], isReached: boolean): string {
  if (sessions.some((row) => row[at.lastWrapupCode] !== null)) return 'system_code';
  const isDialed = sessions.some(isDialer);
  // The person whom a dialer calls may be recorded with purpose outbound only.
  if (sessions.some((row) => row[at.purpose] === 'api') || !(isDialed || sessions.some(isCustomer))) {
    return 'system_generated';
  }
  if (!isReached && sessions[0]?.[at.originatingDirection] === 'outbound') return 'outbound_no_contact';
  return sessions.some(isFlow) ? 'ivr_only' : 'unexplained';
}
