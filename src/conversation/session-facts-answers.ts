/** Assigns answering agent sessions to stays in queues: by queue and time, because `peerId` is missing or orphaned after merges and consults. */

export interface AgentSession {
  readonly participantNo: number;
  readonly sessionNo: number;
  readonly queueId: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/**
 * `agents` are the agent sessions with tAnswered. Each belongs to the latest stay in its queue that
 * began no later than the session; of several that belong to one stay, the earliest answered it.
 * Ties are broken by position in the record.
 */
export function answers<Session extends AgentSession>(
  legs: readonly Session[],
  agents: readonly Session[],
): Map<Session, Session> {
  const answerOf = new Map<Session, Session>();
  for (const agent of agents) {
    const leg = legOf(agent, legs);
    if (leg === undefined) continue;
    const other = answerOf.get(leg);
    if (other === undefined || byStart(agent, other) < 0) answerOf.set(leg, agent);
  }
  return answerOf;
}

function legOf<Session extends AgentSession>(agent: Session, legs: readonly Session[]): Session | undefined {
  let latest: Session | undefined;
  for (const leg of legs) {
    if (leg.queueId === null || leg.queueId !== agent.queueId || leg.startedAt > agent.startedAt) continue;
    if (latest === undefined || byStart(latest, leg) < 0) latest = leg;
  }
  return latest;
}

/** Orders by time; ties by position in the record. */
export function byStart(a: AgentSession, b: AgentSession): number {
  return a.startedAt - b.startedAt || a.participantNo - b.participantNo || a.sessionNo - b.sessionNo;
}
