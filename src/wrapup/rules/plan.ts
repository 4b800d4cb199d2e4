import type { ActiveAssignment, AgentSession, AgentSessionFilter, Directory } from '../../model/agent-session.js';
import type { Proposal } from '../../model/assignment.js';
import { compileRules } from './compile.js';
import { type Decision, decide, type Ruling, rulingOf } from './match.js';
import { prefilterOf } from './prefilter.js';
import type { Rule, Rules } from './rules.js';

export const examplesMax = 5;

export interface EvaluationParts {
  readonly rules: Rules;
  readonly directory: Directory;
  readonly now: Date;
  /** Only this rule's decisions; the rules before it keep their precedence. */
  readonly ruleName?: string;
}

/** Decisions of one batch of agent sessions. */
export interface PlanBatch {
  /** Decisions to store, which the ledger does not have yet. */
  readonly proposals: readonly Proposal[];
  /** Active assignments to supersede, of an earlier version of a rule that no longer matches. */
  readonly withdrawn: readonly ActiveAssignment[];
}

export interface RulePlan {
  readonly rule: string;
  readonly wrapupName: string;
  /** Agent sessions of which this rule was the first to match. */
  readonly matchedCount: number;
  /** Number of these that are new decisions. */
  readonly newCount: number;
  /** Number of these with the same decision already in the ledger. */
  readonly decidedCount: number;
  /** Number of these that are skipped because they have that code. */
  readonly hasCodeCount: number;
  /** Number of these that are skipped because their queue does not offer the code. */
  readonly notOfferedCount: number;
  /** Assignments of an earlier version that would be withdrawn. */
  readonly withdrawnCount: number;
  /** Conversations with new decisions, the earliest first. */
  readonly examples: readonly string[];
}

export interface Plan {
  /** One for each rule, in the order of the file. */
  readonly rules: readonly RulePlan[];
  /** Agent sessions that were read; those that no rule could match are not. */
  readonly readCount: number;
}

/** Evaluates rules over batches of agent sessions and counts the decisions. Reads and writes nothing itself. */
export class Evaluation {
  /** Conditions for the sessions that any rule can match: the rest need not be read. */
  readonly filter: AgentSessionFilter;
  readonly #parts: EvaluationParts;
  readonly #ruling: Ruling;
  readonly #counts: ReadonlyMap<string, RuleCounts>;
  #readCount = 0;

  constructor(parts: EvaluationParts) {
    const { rules, directory } = parts;
    const ruling = rulingOf(compileRules(rules.rules, directory), directory);
    this.filter = prefilterOf(rules.rules, directory);
    this.#parts = parts;
    this.#ruling = ruling;
    this.#counts = new Map(rules.rules.map((rule) => [rule.name, noCounts(rule, ruling)]));
  }

  /** Evaluates one batch; returns what is to be stored. */
  add(sessions: readonly AgentSession[]): PlanBatch {
    this.#readCount += sessions.length;
    return evaluateBatch(this.#parts, this.#ruling, sessions, this.#counts);
  }

  /** Returns the counts of all batches so far. */
  plan(): Plan {
    const rules = [...this.#counts.values()].filter(({ rule }) => isWanted(this.#parts, rule));
    return { rules, readCount: this.#readCount };
  }
}

type RuleCounts = { -readonly [Key in keyof RulePlan]: Key extends 'examples' ? string[] : RulePlan[Key] };

function noCounts(rule: Rule, { rules }: Ruling): RuleCounts {
  const counts = {
    matchedCount: 0,
    newCount: 0,
    decidedCount: 0,
    hasCodeCount: 0,
    notOfferedCount: 0,
    withdrawnCount: 0,
  };
  const code = rules.find((each) => each.rule === rule)?.codes[0];
  return { rule: rule.name, wrapupName: code?.name ?? rule.set.code, ...counts, examples: [] };
}

function isWanted({ ruleName }: EvaluationParts, rule: string): boolean {
  return ruleName === undefined || ruleName === rule;
}

function evaluateBatch(
  parts: EvaluationParts,
  ruling: Ruling,
  sessions: readonly AgentSession[],
  countsByRule: ReadonlyMap<string, RuleCounts>,
): PlanBatch {
  const proposals: Proposal[] = [];
  const withdrawn: ActiveAssignment[] = [];
  for (const session of sessions) {
    const decision = decide(ruling, session, parts.now);
    if (decision.kind === 'none') continue;
    const name = decision.kind === 'withdrawn' ? decision.active.rule : decision.rule.rule.name;
    const counts = countsByRule.get(name);
    if (counts === undefined || !isWanted(parts, name)) continue;
    count(counts, decision, session);
    if (decision.kind === 'assign' && decision.isNew) proposals.push(decision.proposal);
    if (decision.kind === 'withdrawn') withdrawn.push(decision.active);
  }
  return { proposals, withdrawn };
}

function count(counts: RuleCounts, decision: Decision, { conversationId }: AgentSession): void {
  if (decision.kind === 'withdrawn') {
    counts.withdrawnCount += 1;
    return;
  }
  counts.matchedCount += 1;
  if (decision.kind === 'has_code') counts.hasCodeCount += 1;
  if (decision.kind === 'not_offered') counts.notOfferedCount += 1;
  if (decision.kind !== 'assign') return;
  if (!decision.isNew) counts.decidedCount += 1;
  else {
    counts.newCount += 1;
    if (counts.examples.length < examplesMax && counts.examples.at(-1) !== conversationId)
      counts.examples.push(conversationId);
  }
}
