import type { ActiveAssignment, AgentSession, Directory } from '../../model/agent-session.js';
import type { Proposal } from '../../model/assignment.js';
import type { Candidate, CompiledRule } from './compile.js';
import { fillNote } from './note.js';

/** Decision of the rules about one agent session. */
export type Decision =
  /** No rule matches. */
  | { readonly kind: 'none' }
  /** `isNew` is false if the ledger already has this decision. */
  | { readonly kind: 'assign'; readonly rule: CompiledRule; readonly proposal: Proposal; readonly isNew: boolean }
  /** The first matching rule sets the code that the agent session already has. */
  | { readonly kind: 'has_code'; readonly rule: CompiledRule }
  /** The first matching rule sets a code that the queue does not offer; later rules are not evaluated. */
  | { readonly kind: 'not_offered'; readonly rule: CompiledRule }
  /** No rule matches, and the active assignment came from an earlier version of a rule of the file. */
  | { readonly kind: 'withdrawn'; readonly active: ActiveAssignment };

export interface Ruling {
  readonly rules: readonly CompiledRule[];
  readonly directory: Directory;
  /** Codes that each queue offers, by queue id; see `rulingOf`. */
  readonly offered: ReadonlyMap<string, ReadonlySet<string> | null>;
}

export function rulingOf(rules: readonly CompiledRule[], directory: Directory): Ruling {
  return { rules, directory, offered: new Map(directory.queues.map((queue) => [queue.id, queue.wrapupCodes])) };
}

/**
 * Decides about an agent session; the first match wins. Pure: the same agent session, rules,
 * directory and time give the same decision.
 */
export function decide(ruling: Ruling, session: AgentSession, now: Date): Decision {
  const candidate = candidateOf(session, now);
  const rule = ruling.rules.find((each) => each.matches(candidate));
  if (rule === undefined) return withoutRule(ruling, session.active);
  const code = rule.codes.find(({ id }) => isOffered(ruling, session, id));
  if (code === undefined) return { kind: 'not_offered', rule };
  if (code.id === candidate.currentCode) return { kind: 'has_code', rule };
  return {
    kind: 'assign',
    rule,
    proposal: proposalOf(rule, code, candidate),
    isNew: !isDecided(session, rule, code.id),
  };
}

/**
 * Returns the candidate. A code that this program wrote was not chosen by an agent, so the session
 * is evaluated as it was before.
 */
function candidateOf(session: AgentSession, now: Date): Candidate {
  const { active, currentCode, cause } = session;
  if (active !== null && isOurs(active, currentCode))
    return { session, currentCode: active.previousCode, cause: active.cause, now };
  return { session, currentCode, cause, now };
}

function isOurs({ state, wrapupCode }: ActiveAssignment, currentCode: string | null): boolean {
  return (state === 'sent' || state === 'verified') && wrapupCode === currentCode;
}

function isDecided({ active }: AgentSession, { rule }: CompiledRule, code: string): boolean {
  return active !== null && active.ruleVersion === rule.version && active.wrapupCode === code;
}

/**
 * Returns true if the queue offers the code. Sessions without a queue, and queues whose codes have
 * not been listed, allow every code.
 */
function isOffered({ offered }: Ruling, { queue }: AgentSession, code: string): boolean {
  const codes = queue === null ? null : offered.get(queue.id);
  return codes === null || codes === undefined || codes.has(code);
}

function withoutRule({ rules }: Ruling, active: ActiveAssignment | null): Decision {
  const today = rules.find(({ rule }) => rule.name === active?.rule);
  // A code that Genesys has is kept, because a change of the file cannot remove it. So is a code of
  // a rule that is no longer in the file.
  const isChanged = today !== undefined && today.rule.version !== active?.ruleVersion;
  const isOurAlone = active?.state === 'proposed' || active?.state === 'rejected';
  return active !== null && isChanged && isOurAlone ? { kind: 'withdrawn', active } : { kind: 'none' };
}

function proposalOf(
  compiled: CompiledRule,
  code: { id: string; name: string },
  { session, cause }: Candidate,
): Proposal {
  const { rule, source } = compiled;
  const facts = { rule: rule.name, session, survey: compiled.surveyOf(session) };
  return {
    conversationStart: session.conversationStart,
    conversationId: session.conversationId,
    participantNo: session.participantNo,
    sessionNo: session.sessionNo,
    startedAt: session.startedAt,
    participantId: session.participantId,
    sessionId: session.sessionId,
    queueId: session.queue?.id ?? null,
    userId: session.user?.id ?? null,
    mediaType: session.mediaType,
    rule: rule.name,
    ruleVersion: rule.version,
    source,
    wrapupCode: code.id,
    wrapupName: code.name,
    note: rule.set.note === undefined ? null : fillNote(rule.set.note, facts),
    cause,
    // The code in Genesys, including this program's own: the write-back must find it there.
    previousCode: session.currentCode,
  };
}
