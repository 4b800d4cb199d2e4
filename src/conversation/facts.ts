/**
 * Session facts: one row per session of a conversation, with everything about it that marts group, sum and judge and that depends neither
 * on the directory nor on the clock. The loader writes them beside the raw rows, in the same transaction, because summing segments and
 * metrics at query time costs thirty times as much. `test/marts/session-facts-plain.sql` says the same in SQL over the raw tables.
 */
import { type AgentSession, answers, type QueueLeg } from './facts-answers.js';
import { countNames, type FactKey, factKeys, timerNames } from './facts-shape.js';
import { type MetricSums, type SegmentFacts, segmentFacts, sumMetrics } from './facts-sums.js';
import { flagOf, type JsonObject, objectsOf, textOf, timeOf, uuidOf } from './facts-values.js';

export { factKeys, sessionFactsShape } from './facts-shape.js';

/** As in JSON: ISO strings, safe integers, text, flags. */
export type FactValue = string | number | boolean | null;

export interface SessionFactsRow {
  /** Positions in the record, from 1; both 0 in the single row that stands for a conversation without any session. */
  readonly participantNo: number;
  readonly sessionNo: number;
  /** In the order of `sessionFactsShape.fields`. */
  readonly values: readonly FactValue[];
}

type Facts = Record<FactKey, FactValue>;

interface Draft {
  readonly participantNo: number;
  readonly sessionNo: number;
  readonly facts: Facts;
}

/**
 * The rows of `genesys.session_facts` of one conversation detail record (AnalyticsConversation, as parsed from JSON). Pure.
 * A value that does not fit its type counts as absent, as it does in the raw tables.
 */
export function sessionFacts(record: JsonObject): SessionFactsRow[] {
  const drafts: Draft[] = [];
  objectsOf(record.participants).forEach((participant, participantIndex) => {
    objectsOf(participant.sessions).forEach((session, sessionIndex) => {
      const facts = factsOf(record, participant, session);
      drafts.push({ participantNo: participantIndex + 1, sessionNo: sessionIndex + 1, facts });
    });
  });
  if (drafts.length === 0) drafts.push({ participantNo: 0, sessionNo: 0, facts: factsOf(record, {}, {}) });
  relate(drafts);
  return drafts.map((draft) => ({
    participantNo: draft.participantNo,
    sessionNo: draft.sessionNo,
    values: factKeys.map((key) => draft.facts[key]),
  }));
}

/** What one session owes to the others: how many agent sessions the conversation has, and who answered each stay in a queue. */
function relate(drafts: readonly Draft[]): void {
  const agents = drafts.filter((draft) => draft.facts.isAgentSession);
  for (const draft of drafts) draft.facts.agentSessionCount = agents.length;
  const legs = drafts.filter((draft) => draft.facts.isQueueLeg);
  if (legs.length === 0 || agents.length === 0) return;
  const answered = agents.filter((draft) => draft.facts.answeredCount !== null);
  for (const [leg, agent] of answers(legs.map(asLeg), answered.map(asLeg))) {
    const facts = (drafts.find((draft) => isAt(draft, leg)) as Draft).facts;
    facts.answerParticipantNo = agent.participantNo;
    facts.answerSessionNo = agent.sessionNo;
  }
}

function asLeg(draft: Draft): QueueLeg & AgentSession {
  return {
    participantNo: draft.participantNo,
    sessionNo: draft.sessionNo,
    queueId: draft.facts.queueId as string | null,
    startedAt: draft.facts.startedAt as string | null,
  };
}

function isAt(draft: Draft, leg: QueueLeg): boolean {
  return draft.participantNo === leg.participantNo && draft.sessionNo === leg.sessionNo;
}

function factsOf(record: JsonObject, participant: JsonObject, session: JsonObject): Facts {
  const segments = segmentFacts(objectsOf(session.segments));
  const metrics = sumMetrics(objectsOf(session.metrics));
  const purpose = textOf(participant.purpose);
  const userId = uuidOf(participant.userId);
  return {
    ...segments.columns,
    ...identity(record, participant, session),
    ...timers(metrics),
    ...counts(metrics),
    // A session without segments still needs a place in time: that of its conversation.
    startedAt: segments.columns.startedAt ?? timeOf(record.conversationStart),
    handledAt: metrics.get('tHandle')?.lastEmitDate ?? null,
    agentSessionCount: 0,
    answerParticipantNo: null,
    answerSessionNo: null,
    isAgentSession: (purpose === 'agent' || purpose === 'user') && userId !== null,
    isQueueLeg: purpose === 'acd',
    isAlertOnly: isAlertOnly(segments, metrics),
  };
}

function isAlertOnly(segments: SegmentFacts, metrics: MetricSums): boolean {
  const wasAlerted = segments.hasAlert || metrics.has('tAlert');
  return wasAlerted && !segments.columns.isConnected && !segments.columns.isDialed;
}

function identity(record: JsonObject, participant: JsonObject, session: JsonObject) {
  return {
    conversationEnd: timeOf(record.conversationEnd),
    callbackScheduledTime: timeOf(session.callbackScheduledTime),
    participantId: uuidOf(participant.participantId),
    sessionId: uuidOf(session.sessionId),
    userId: uuidOf(participant.userId),
    peerId: uuidOf(session.peerId),
    outboundCampaignId: uuidOf(session.outboundCampaignId),
    acwSkipped: flagOf(session.acwSkipped),
    purpose: textOf(participant.purpose),
    mediaType: textOf(session.mediaType),
    direction: textOf(session.direction),
    messageType: textOf(session.messageType),
    provider: textOf(session.provider),
    flowOutType: textOf(session.flowOutType),
    originatingDirection: textOf(record.originatingDirection),
  };
}

type TimerFacts = Record<`${keyof typeof timerNames}${'Ms' | 'Count'}`, number | null>;

/** Sums over repeated metrics. The first name that was emitted counts; the second, per part of a leg, stands in for it as one total. */
function timers(metrics: MetricSums): TimerFacts {
  const facts: Record<string, number | null> = {};
  for (const [stem, [whole, parts]] of timerEntries) {
    const total = metrics.get(whole);
    const partial = parts === undefined ? undefined : metrics.get(parts);
    facts[`${stem}Ms`] = total?.sum ?? partial?.sum ?? null;
    facts[`${stem}Count`] = total?.count ?? (partial === undefined ? null : 1);
  }
  return facts as TimerFacts;
}

type CountFacts = Record<`${keyof typeof countNames}Count`, number | null>;

function counts(metrics: MetricSums): CountFacts {
  const facts: Record<string, number | null> = {};
  for (const [stem, name] of countEntries) facts[`${stem}Count`] = metrics.get(name)?.sum ?? null;
  return facts as CountFacts;
}

const timerEntries = Object.entries(timerNames) as [string, readonly [string, string?]][];
const countEntries = Object.entries(countNames);
