import type { Proposal } from '../../model/assignment.js';
import type { ContactCentre, Handling, InForce } from '../../model/handling.js';
import type { CompiledRule, Judged } from './compile.js';
import { fillNote } from './note.js';

/** What the rules say about one handling. */
export type Decision =
  /** No rule matches. */
  | { readonly kind: 'none' }
  /** `isNew` is false where the ledger already holds this decision. */
  | { readonly kind: 'assign'; readonly rule: CompiledRule; readonly proposal: Proposal; readonly isNew: boolean }
  /** The first rule that matches gives the code that the handling has. */
  | { readonly kind: 'has_code'; readonly rule: CompiledRule }
  /** The first rule that matches gives a code that the queue does not offer: later rules are not asked. */
  | { readonly kind: 'not_offered'; readonly rule: CompiledRule }
  /** No rule matches, and the assignment in force came from an earlier version of a rule of the file. */
  | { readonly kind: 'withdrawn'; readonly inForce: InForce };

export interface Ruling {
  readonly rules: readonly CompiledRule[];
  readonly centre: ContactCentre;
  /** Codes that each queue offers, by queue id; see `rulingOf`. */
  readonly offered: ReadonlyMap<string, ReadonlySet<string> | null>;
}

export function rulingOf(rules: readonly CompiledRule[], centre: ContactCentre): Ruling {
  return { rules, centre, offered: new Map(centre.queues.map((queue) => [queue.id, queue.wrapupCodes])) };
}

/** First match wins. Pure: the same handling, rules, directory and time give the same decision. */
export function decide(ruling: Ruling, handling: Handling, now: Date): Decision {
  const judged = judgedBy(handling, now);
  const rule = ruling.rules.find((each) => each.matches(judged));
  if (rule === undefined) return withoutRule(ruling, handling.inForce);
  const code = rule.codes.find(({ id }) => isOffered(ruling, handling, id));
  if (code === undefined) return { kind: 'not_offered', rule };
  if (code.id === judged.currentCode) return { kind: 'has_code', rule };
  return { kind: 'assign', rule, proposal: proposalOf(rule, code, judged), isNew: !isDecided(handling, rule, code.id) };
}

/** A code that we wrote is not one that an agent chose: the handling is judged as it was before. */
function judgedBy(handling: Handling, now: Date): Judged {
  const { inForce, currentCode, cause } = handling;
  if (inForce !== null && isOurs(inForce, currentCode))
    return { handling, currentCode: inForce.previousCode, cause: inForce.cause, now };
  return { handling, currentCode, cause, now };
}

function isOurs({ state, wrapupCode }: InForce, currentCode: string | null): boolean {
  return (state === 'sent' || state === 'verified') && wrapupCode === currentCode;
}

function isDecided({ inForce }: Handling, { rule }: CompiledRule, code: string): boolean {
  return inForce !== null && inForce.ruleVersion === rule.version && inForce.wrapupCode === code;
}

/** Outside queues nothing is offered and nothing forbidden; a queue whose codes have not been listed is given the benefit of the doubt. */
function isOffered({ offered }: Ruling, { queue }: Handling, code: string): boolean {
  const codes = queue === null ? null : offered.get(queue.id);
  return codes === null || codes === undefined || codes.has(code);
}

function withoutRule({ rules }: Ruling, inForce: InForce | null): Decision {
  const today = rules.find(({ rule }) => rule.name === inForce?.rule);
  // What Genesys holds stays: it cannot be taken back by a change of the file. So does what a rule gave that is no longer in the file.
  const isChanged = today !== undefined && today.rule.version !== inForce?.ruleVersion;
  const isOurAlone = inForce?.state === 'proposed' || inForce?.state === 'rejected';
  return inForce !== null && isChanged && isOurAlone ? { kind: 'withdrawn', inForce } : { kind: 'none' };
}

function proposalOf(compiled: CompiledRule, code: { id: string; name: string }, { handling, cause }: Judged): Proposal {
  const { rule, source } = compiled;
  const facts = { rule: rule.name, handling, survey: compiled.surveyOf(handling) };
  return {
    conversationStart: handling.conversationStart,
    conversationId: handling.conversationId,
    participantNo: handling.participantNo,
    sessionNo: handling.sessionNo,
    startedAt: handling.startedAt,
    participantId: handling.participantId,
    sessionId: handling.sessionId,
    queueId: handling.queue?.id ?? null,
    userId: handling.user?.id ?? null,
    mediaType: handling.mediaType,
    rule: rule.name,
    ruleVersion: rule.version,
    source,
    wrapupCode: code.id,
    wrapupName: code.name,
    note: rule.set.note === undefined ? null : fillNote(rule.set.note, facts),
    cause,
    // As it stands in Genesys, our own code included: that is what a writer must find there.
    previousCode: handling.currentCode,
  };
}
