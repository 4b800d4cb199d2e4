/**
 * Combines rules, directory and tables for every command that plans. `openPlanner` reads the rules
 * file and the directory once;
 * `propose` evaluates a range or some conversations and stores new decisions, which are effective in reports at once.
 */
import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import type { Interval } from '../../lib/interval.js';
import type { AgentSession, Directory } from '../../model/agent-session.js';
import { readAgentSessions } from '../../postgres/wrapup/agent-sessions.js';
import { insertProposals } from '../../postgres/wrapup/assignments.js';
import { supersedeByAgents, withdraw } from '../../postgres/wrapup/closing.js';
import { readDirectory } from '../../postgres/wrapup/directory.js';
import { checkRules } from '../../wrapup/rules/check.js';
import { Evaluation, type Plan, type PlanBatch } from '../../wrapup/rules/plan.js';
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
  readonly directory: Directory;
  /** Writes nothing. */
  plan(scope: PlanScope, options: PlanOptions): Promise<Plan>;
  /** Also stores proposals, and supersedes assignments that agents or changed rules have overridden. */
  propose(scope: PlanScope, options: PlanOptions & { readonly actor: string }): Promise<Proposed>;
}

export interface Proposed {
  readonly plan: Plan;
  readonly proposed: number;
  readonly superseded: number;
}

/**
 * Opens the planner. Throws a UsageError with all faults of the file, in form and in names that the
 * directory lacks.
 */
export async function openPlanner(pool: pg.Pool, rulesPath: string): Promise<Planner> {
  const rules = parseRules(await readRules(rulesPath), rulesPath);
  const directory = await readDirectory(pool);
  const { faults } = checkRules(rules, directory);
  if (faults.length > 0) throw faultsError(faults);
  const evaluate = ({ now, ruleName }: PlanOptions) =>
    new Evaluation({ rules, directory, now, ...(ruleName !== undefined && { ruleName: knownRule(rules, ruleName) }) });
  const batches = (evaluation: Evaluation, scope: PlanScope, { signal }: PlanOptions) =>
    evaluateBatches(evaluation, readAgentSessions(pool, scope, evaluation.filter, directory), signal);
  return {
    rules,
    directory,
    plan: async (scope, options) => {
      const evaluation = evaluate(options);
      for await (const _ of batches(evaluation, scope, options));
      return evaluation.plan();
    },
    propose: async (scope, options) => {
      const evaluation = evaluate(options);
      const counts = await store(pool, batches(evaluation, scope, options), scope, options);
      return { plan: evaluation.plan(), ...counts };
    },
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

async function* evaluateBatches(
  evaluation: Evaluation,
  sessions: AsyncIterable<readonly AgentSession[]>,
  signal: AbortSignal | undefined,
): AsyncGenerator<PlanBatch> {
  for await (const batch of sessions) {
    signal?.throwIfAborted();
    yield evaluation.add(batch);
  }
}

async function store(
  pool: pg.Pool,
  batches: AsyncIterable<PlanBatch>,
  scope: PlanScope,
  { now, actor }: { readonly now: Date; readonly actor: string },
): Promise<Omit<Proposed, 'plan'>> {
  const facts = { now, actor };
  const conversationIds = 'conversationIds' in scope ? { conversationIds: scope.conversationIds } : {};
  let superseded = await supersedeByAgents(pool, { ...facts, ...conversationIds });
  let proposed = 0;
  for await (const { proposals, withdrawn } of batches) {
    if (proposals.length > 0) {
      const counts = await insertProposals(pool, proposals, facts);
      proposed += counts.proposed;
      superseded += counts.superseded;
    }
    const ids = withdrawn.map(({ assignmentId }) => assignmentId);
    if (ids.length > 0) superseded += await withdraw(pool, ids, facts);
  }
  return { proposed, superseded };
}

function knownRule({ rules, fileName }: Rules, name: string): string {
  if (rules.some((rule) => rule.name === name)) return name;
  throw new UsageError(`--rule ${name} is not in ${fileName}; it has ${rules.map((rule) => rule.name).join(', ')}.`);
}
