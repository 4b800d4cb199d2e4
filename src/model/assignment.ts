/**
 * Types of the wrap-up ledger (`wrapup.assignments`): decisions of rules, stored rows, and
 * transitions between states. Shared by the rules (`wrapup/`), the tables (`postgres/wrapup/`) and
 * the write-back.
 */

/** See the comment on `wrapup.assignments.state`. */
export const assignmentStates = [
  'proposed',
  'sent',
  'verified',
  'rejected',
  'conflicted',
  'superseded',
  'revoked',
] as const;
export type AssignmentState = (typeof assignmentStates)[number];
export type AssignmentSource = 'rule' | 'survey';

/**
 * States that may follow each state. `sent` → `proposed` is for a call that certainly had no effect
 * (429, refused connection); `sent` → `sent` for one that is repeated after reading back;
 * `rejected` → `verified` for a code that the next extraction shows after all. Assignments that are
 * no longer active do not change: a new decision is a new row.
 */
const transitions: Readonly<Record<AssignmentState, readonly AssignmentState[]>> = {
  proposed: ['sent', 'verified', 'rejected', 'conflicted', 'superseded', 'revoked'],
  sent: ['sent', 'proposed', 'verified', 'rejected', 'conflicted', 'superseded', 'revoked'],
  verified: ['superseded', 'revoked'],
  rejected: ['proposed', 'verified', 'conflicted', 'superseded', 'revoked'],
  conflicted: [],
  superseded: [],
  revoked: [],
};

export function canTransition(from: AssignmentState, to: AssignmentState): boolean {
  return transitions[from].includes(to);
}

/** Returns the states from which `to` may be reached. */
export function statesBefore(to: AssignmentState): AssignmentState[] {
  return assignmentStates.filter((from) => canTransition(from, to));
}

/** Returns true where no further step follows automatically. */
export function isSettled(state: AssignmentState): boolean {
  return state !== 'proposed' && state !== 'sent';
}

/** A rule's decision about one agent session; becomes a row of the ledger. */
export interface Proposal {
  readonly conversationStart: Date;
  readonly conversationId: string;
  /** Positions in the record, from 1: with the conversation the agent session's key. */
  readonly participantNo: number;
  readonly sessionNo: number;
  /** Start of the agent session. */
  readonly startedAt: Date;
  readonly participantId: string | null;
  /** The communication id of the conversation API. */
  readonly sessionId: string | null;
  readonly queueId: string | null;
  readonly userId: string | null;
  readonly mediaType: string | null;
  readonly rule: string;
  readonly ruleVersion: string;
  readonly source: AssignmentSource;
  readonly wrapupCode: string;
  readonly wrapupName: string;
  readonly note: string | null;
  /** The `wrapup_cause` at that time; null where the session had a real code. */
  readonly cause: string | null;
  /**
   * Last code of the session at the time of the decision, system codes included. Any other real
   * code found later was set by an agent and wins.
   */
  readonly previousCode: string | null;
}

/** A row of the ledger. */
export interface Assignment extends Proposal {
  /** A bigint as text. */
  readonly assignmentId: string;
  readonly state: AssignmentState;
  readonly reason: string | null;
  readonly errorCode: string | null;
  readonly correlationId: string | null;
  readonly actor: string | null;
  readonly attempts: number;
  readonly proposedAt: Date;
  readonly retryAt: Date | null;
  readonly sentAt: Date | null;
  readonly settledAt: Date | null;
}

/** Selects assignments that may be written. Ids and codes are allow-lists: an empty list permits nothing. */
export interface ClaimFilter {
  readonly queueIds: readonly string[];
  readonly wrapupCodes: readonly string[];
  readonly rule?: string;
  readonly conversationIds?: readonly string[];
}

export interface Claim {
  readonly assignments: readonly Assignment[];
  /** End of the claim, after which another process may take the rows. */
  readonly until: Date;
}

/** Result of one attempt to write an assignment. `proposed`: it had no effect and is retried from `retryAt` on. */
export interface Outcome {
  readonly state: 'verified' | 'rejected' | 'conflicted' | 'proposed';
  /** A plain sentence. */
  readonly reason: string;
  readonly errorCode?: string;
  readonly correlationId?: string;
  readonly retryAt?: Date;
}
