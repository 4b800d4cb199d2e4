/**
 * What the rules would do. `planRange` and `planConversations` are the ways in: for `wrapup plan`, which shows it; for
 * `wrapup apply`, which stores the proposals it is handed; for whoever reacts to events.
 */

import type { Interval } from '../../lib/interval.js';
import type { Proposal } from '../../model/assignment.js';
import type { ContactCentre, Handling, HandlingFilter, InForce } from '../../model/handling.js';
import { compileRules } from './compile.js';
import { type Decision, decide, type Ruling, rulingOf } from './match.js';
import { prefilterOf } from './prefilter.js';
import type { Rule, Rules } from './rules.js';

export const examplesMax = 5;

/** `readHandlings` of `postgres/wrapup-handlings.ts`, bound to a pool. */
export type HandlingReader = (
  scope: { readonly interval: Interval } | { readonly conversationIds: readonly string[] },
  filter: HandlingFilter,
  centre: ContactCentre,
  visit: (handlings: readonly Handling[]) => Promise<void>,
) => Promise<void>;

export interface PlanParts {
  readonly read: HandlingReader;
  readonly rules: Rules;
  readonly centre: ContactCentre;
  readonly now: Date;
  /** Only this rule's decisions; the rules before it keep their precedence. */
  readonly ruleName?: string;
  /** Stops between batches. */
  readonly signal?: AbortSignal;
}

/** What one batch of handlings led to. */
export interface PlanBatch {
  /** To be stored: decisions that the ledger does not hold yet. */
  readonly proposals: readonly Proposal[];
  /** In force from an earlier version of a rule that no longer matches: to be superseded. */
  readonly withdrawn: readonly InForce[];
}

export interface RulePlan {
  readonly rule: string;
  readonly wrapupName: string;
  /** Handlings of which this rule was the first to match. */
  readonly matchedCount: number;
  /** Of these, new decisions. */
  readonly newCount: number;
  /** Of these, decided so already. */
  readonly decidedCount: number;
  /** Of these, left alone because they have that code. */
  readonly hasCodeCount: number;
  /** Of these, left alone because their queue does not offer the code. */
  readonly notOfferedCount: number;
  /** Assignments of an earlier version that would be withdrawn. */
  readonly withdrawnCount: number;
  /** Conversations with new decisions, the earliest first. */
  readonly examples: readonly string[];
}

export interface Plan {
  /** One for each rule, in the order of the file. */
  readonly rules: readonly RulePlan[];
  /** Handlings that were looked at; those that no rule could match are not even read. */
  readonly readCount: number;
}

/** Judges all handlings that began in the interval. `onBatch` gets what is to be stored, at most a few thousand at a time; nothing is written here. */
export function planRange(
  parts: PlanParts,
  interval: Interval,
  onBatch: (batch: PlanBatch) => Promise<void> = async () => {},
): Promise<Plan> {
  return plan(parts, { interval }, onBatch);
}

/** The same for the conversations named, at most 5,000. */
export function planConversations(
  parts: PlanParts,
  conversationIds: readonly string[],
  onBatch: (batch: PlanBatch) => Promise<void> = async () => {},
): Promise<Plan> {
  return plan(parts, { conversationIds }, onBatch);
}

async function plan(
  parts: PlanParts,
  scope: Parameters<HandlingReader>[0],
  onBatch: (batch: PlanBatch) => Promise<void>,
): Promise<Plan> {
  const { rules, centre } = parts;
  const ruling = rulingOf(compileRules(rules.rules, centre), centre);
  const tallies = new Map(rules.rules.map((rule) => [rule.name, emptyTally(rule, ruling)]));
  let readCount = 0;
  await parts.read(scope, prefilterOf(rules.rules, centre), centre, async (handlings) => {
    parts.signal?.throwIfAborted();
    readCount += handlings.length;
    const batch = judge(parts, ruling, handlings, tallies);
    if (batch.proposals.length > 0 || batch.withdrawn.length > 0) await onBatch(batch);
  });
  return { rules: [...tallies.values()].filter(({ rule }) => isWanted(parts, rule)), readCount };
}

type Tally = { -readonly [Key in keyof RulePlan]: Key extends 'examples' ? string[] : RulePlan[Key] };

function emptyTally(rule: Rule, { rules }: Ruling): Tally {
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

function isWanted({ ruleName }: PlanParts, rule: string): boolean {
  return ruleName === undefined || ruleName === rule;
}

function judge(
  parts: PlanParts,
  ruling: Ruling,
  handlings: readonly Handling[],
  tallies: ReadonlyMap<string, Tally>,
): PlanBatch {
  const proposals: Proposal[] = [];
  const withdrawn: InForce[] = [];
  for (const handling of handlings) {
    const decision = decide(ruling, handling, parts.now);
    if (decision.kind === 'none') continue;
    const name = decision.kind === 'withdrawn' ? decision.inForce.rule : decision.rule.rule.name;
    const tally = tallies.get(name);
    if (tally === undefined || !isWanted(parts, name)) continue;
    count(tally, decision, handling);
    if (decision.kind === 'assign' && decision.isNew) proposals.push(decision.proposal);
    if (decision.kind === 'withdrawn') withdrawn.push(decision.inForce);
  }
  return { proposals, withdrawn };
}

function count(tally: Tally, decision: Decision, { conversationId }: Handling): void {
  if (decision.kind === 'withdrawn') {
    tally.withdrawnCount += 1;
    return;
  }
  tally.matchedCount += 1;
  if (decision.kind === 'has_code') tally.hasCodeCount += 1;
  if (decision.kind === 'not_offered') tally.notOfferedCount += 1;
  if (decision.kind !== 'assign') return;
  if (!decision.isNew) tally.decidedCount += 1;
  else {
    tally.newCount += 1;
    if (tally.examples.length < examplesMax && tally.examples.at(-1) !== conversationId)
      tally.examples.push(conversationId);
  }
}
