/**
 * Rules, directory and tables brought together, for every command that plans. `openPlanner` reads the rules file and the directory once;
 * `propose` judges a range or some conversations and stores what is new, which is effective in reports at once.
 */
import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import type { Interval } from '../../lib/interval.js';
import type { ContactCentre } from '../../model/handling.js';
import { insertProposals } from '../../postgres/wrapup/assignments.js';
import { supersedeByAgents, withdraw } from '../../postgres/wrapup/closing.js';
import { readContactCentre } from '../../postgres/wrapup/directory.js';
import { readHandlings } from '../../postgres/wrapup/handlings.js';
import { checkRules } from '../../wrapup/rules/check.js';
import { type Plan, type PlanBatch, type PlanParts, planConversations, planRange } from '../../wrapup/rules/plan.js';
import { faultsError, parseRules, type Rules } from '../../wrapup/rules/rules.js';

export type PlanScope = { readonly interval: Interval } | { readonly conversationIds: readonly string[] };

export interface PlanOptions {
  readonly now: Date;
  /** Only this rule's decisions. */
  readonly ruleName?: string;
  readonly signal?: AbortSignal;
}

export interface Planner {
  readonly rules: Rules;
  readonly centre: ContactCentre;
  /** Writes nothing. */
  plan(scope: PlanScope, options: PlanOptions): Promise<Plan>;
  /** Also stores proposals, and supersedes assignments that agents or changed rules have overtaken. */
  propose(scope: PlanScope, options: PlanOptions & { readonly actor: string }): Promise<Proposed>;
}

export interface Proposed {
  readonly plan: Plan;
  readonly proposed: number;
  readonly superseded: number;
}

/** Throws a UsageError with all faults of the file, of form and against the directory in the warehouse. */
export async function openPlanner(pool: pg.Pool, rulesPath: string): Promise<Planner> {
  const rules = parseRules(await readRules(rulesPath), rulesPath);
  const centre = await readContactCentre(pool);
  const { faults } = checkRules(rules, centre);
  if (faults.length > 0) throw faultsError(faults);
  const parts = ({ now, ruleName, signal }: PlanOptions): PlanParts => ({
    read: (scope, filter, entries, visit) => readHandlings(pool, scope, filter, entries, visit),
    rules,
    centre,
    now,
    ...(ruleName !== undefined && { ruleName: knownRule(rules, ruleName) }),
    ...(signal && { signal }),
  });
  return {
    rules,
    centre,
    plan: (scope, options) => planScope(parts(options), scope),
    propose: (scope, options) => propose(pool, parts(options), scope, options),
  };
}

export async function readRules(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `The rules file ${path} cannot be read (${(error as Error).message}); write it or set GENESYS_WAREHOUSE_WRAPUP_RULES to its path.`,
    );
  }
}

function planScope(parts: PlanParts, scope: PlanScope, onBatch?: (batch: PlanBatch) => Promise<void>): Promise<Plan> {
  return 'interval' in scope
    ? planRange(parts, scope.interval, onBatch)
    : planConversations(parts, scope.conversationIds, onBatch);
}

async function propose(
  pool: pg.Pool,
  parts: PlanParts,
  scope: PlanScope,
  { now, actor }: { readonly now: Date; readonly actor: string },
): Promise<Proposed> {
  const facts = { now, actor };
  let proposed = 0;
  let superseded = await supersedeByAgents(pool, {
    ...facts,
    ...('conversationIds' in scope && { conversationIds: scope.conversationIds }),
  });
  const plan = await planScope(parts, scope, async ({ proposals, withdrawn }) => {
    const counts = await insertProposals(pool, proposals, facts);
    proposed += counts.proposed;
    superseded += counts.superseded;
    const ids = withdrawn.map(({ assignmentId }) => assignmentId);
    if (ids.length > 0) superseded += await withdraw(pool, ids, facts);
  });
  return { plan, proposed, superseded };
}

function knownRule({ rules, fileName }: Rules, name: string): string {
  if (rules.some((rule) => rule.name === name)) return name;
  throw new UsageError(`--rule ${name} is not in ${fileName}; it has ${rules.map((rule) => rule.name).join(', ')}.`);
}
