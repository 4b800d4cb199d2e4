/** Which agent session answered which stay in a queue: by queue and time, because `peerId` is missing or orphaned after merges and consults. */
import { isBefore } from './facts-values.js';

export interface QueueLeg {
  readonly participantNo: number;
  readonly sessionNo: number;
  readonly queueId: string | null;
  readonly startedAt: string | null;
}

/** An agent session that carries tAnswered. */
export type AgentSession = QueueLeg;

/**
 * An answered agent session belongs to the latest stay in its queue that began no later than it did; of several that belong to one stay the
 * earliest answered it. Ties go by position in the record.
 */
export function answers(legs: readonly QueueLeg[], agents: readonly AgentSession[]): Map<QueueLeg, AgentSession> {
  const answerOf = new Map<QueueLeg, AgentSession>();
  for (const agent of agents) {
    const leg = legOf(agent, legs);
    if (leg === undefined) continue;
    const other = answerOf.get(leg);
    if (other === undefined || isEarlier(agent, other)) answerOf.set(leg, agent);
  }
  return answerOf;
}

function legOf(agent: AgentSession, legs: readonly QueueLeg[]): QueueLeg | undefined {
  let latest: QueueLeg | undefined;
  for (const leg of legs) {
    if (leg.queueId === null || leg.queueId !== agent.queueId) continue;
    if (leg.startedAt === null || agent.startedAt === null || isBefore(agent.startedAt, leg.startedAt)) continue;
    if (latest === undefined || !isEarlier(leg, latest)) latest = leg;
  }
  return latest;
}

function isEarlier(a: QueueLeg, b: QueueLeg): boolean {
  const [aStart, bStart] = [a.startedAt as string, b.startedAt as string];
  if (isBefore(aStart, bStart)) return true;
  if (isBefore(bStart, aStart)) return false;
  return a.participantNo - b.participantNo < 0 || (a.participantNo === b.participantNo && a.sessionNo < b.sessionNo);
}
