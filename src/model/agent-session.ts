/** Input of wrap-up rules: one agent session with its context. Filled from the tables by `postgres/wrapup/agent-sessions.ts`. */
import type { AssignmentSource, AssignmentState } from './assignment.js';

export interface Named {
  readonly id: string;
  /** Null if the id is not in the directory. */
  readonly name: string | null;
}

/**
 * `contact`: alerting, dialing or talking; `afterCallWork`: contact has ended, the wrap-up is open;
 * `ended`: nothing is open.
 */
export const phases = ['contact', 'afterCallWork', 'ended'] as const;
export type Phase = (typeof phases)[number];

/** The answer to one survey. `source` is `genesys` for Genesys' own. */
export interface SurveyAnswer {
  readonly source: string;
  readonly surveyId: string;
  readonly answeredAt: Date;
  /** Null: the answer is about the whole conversation. */
  readonly queueId: string | null;
  readonly userId: string | null;
  readonly promoterScore: number | null;
  readonly satisfaction: number | null;
  /** Genesys' own surveys only: points of the form. */
  readonly totalScore: number | null;
  readonly category: string | null;
  readonly comment: string | null;
  /** Genesys' own surveys only. */
  readonly form: string | null;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** The assignment that is active for an agent session. */
export interface ActiveAssignment {
  readonly assignmentId: string;
  readonly rule: string;
  readonly ruleVersion: string;
  readonly wrapupCode: string;
  readonly state: AssignmentState;
  readonly source: AssignmentSource;
  readonly cause: string | null;
  readonly previousCode: string | null;
}

export interface AgentSession {
  readonly conversationId: string;
  readonly conversationStart: Date;
  readonly participantNo: number;
  readonly sessionNo: number;
  readonly participantId: string | null;
  readonly sessionId: string | null;
  readonly startedAt: Date;
  /** Null in phase `contact`. */
  readonly contactEndedAt: Date | null;
  readonly phase: Phase;
  readonly queue: Named | null;
  readonly user: Named | null;
  readonly team: Named | null;
  /** Divisions of the conversation. */
  readonly divisions: readonly Named[];
  /** Requested anywhere in the conversation. */
  readonly skills: readonly Named[];
  readonly mediaType: string | null;
  readonly direction: string | null;
  readonly disconnectType: string | null;
  /** A word of `mart.dim_wrapup_causes`; null where the session has a real code. */
  readonly cause: string | null;
  /** Last real code, else the last system code (ININ-…), else null. */
  readonly currentCode: string | null;
  /** Participant attributes of the whole conversation; for equal names, the last participant's. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Latest answer first. */
  readonly surveys: readonly SurveyAnswer[];
  readonly active: ActiveAssignment | null;
}

export interface QueueEntry extends Named {
  readonly isDeleted: boolean;
  /** OPTIONAL, MANDATORY, AGENT_REQUESTED, …; null if the queue has not been listed. */
  readonly wrapupPrompt: string | null;
  /** Ids of the codes that the queue offers; null: its codes have not been listed. */
  readonly wrapupCodes: ReadonlySet<string> | null;
}

export interface CodeEntry extends Named {
  readonly isDeleted: boolean;
}

/** The directory of the contact centre as it was last listed. */
export interface Directory {
  readonly queues: readonly QueueEntry[];
  readonly codes: readonly CodeEntry[];
  readonly users: readonly Named[];
  readonly teams: readonly Named[];
  readonly divisions: readonly Named[];
  readonly skills: readonly Named[];
}

/** Set by the platform, never by an agent. */
export function isSystemCode(code: string): boolean {
  return code.startsWith('ININ-');
}

/**
 * Conditions under which a rule can match; null: no condition. An agent session with an active
 * assignment is read in any case.
 */
export interface AgentSessionFilter {
  readonly queueIds: readonly string[] | null;
  readonly mediaTypes: readonly string[] | null;
  readonly causes: readonly string[] | null;
  readonly phases: readonly Phase[];
  /** Real codes to read, besides none and system codes, which are always read; null: all. */
  readonly realCodes: readonly string[] | null;
  /** Only conversations with an answered survey. */
  readonly onlySurveyed: boolean;
  /** Context to read for each agent session; the rest stays empty. */
  readonly needs: {
    readonly attributes: boolean;
    readonly surveys: boolean;
    readonly skills: boolean;
    readonly divisions: boolean;
  };
}

/** An answer from a source other than Genesys, as stored in `wrapup.surveys`. */
export interface SurveyInput extends Omit<SurveyAnswer, 'totalScore' | 'form'> {
  readonly conversationId: string;
}
