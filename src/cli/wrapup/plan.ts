import { dayMs, type Interval, plus } from '../../lib/interval.js';
import type { RulePlan } from '../../wrapup/rules/plan.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { requireOrder } from '../app/range.js';
import { type RowColumn, type RowFormat, renderRows } from '../app/table.js';
import { withMigratedDatabase } from '../app/with-open.js';
import { openPlanner } from './planner.js';

export interface WrapupPlanOptions {
  readonly from?: Date;
  readonly to?: Date;
  readonly rule?: string;
  readonly format: RowFormat;
}

const daysDefault = 31;

/** Prints what the rules would set, by rule, with examples. Writes nothing, neither to Genesys nor to the ledger. */
export async function wrapupPlanCommand(context: CommandContext, options: WrapupPlanOptions): Promise<number> {
  const now = context.now();
  const interval = wrapupInterval(options, now);
  return withMigratedDatabase(context, async (opened) => {
    const planner = await openPlanner(opened.pool, opened.config.wrapupRules);
    const ruleName = options.rule;
    const plan = await planner.plan(
      { interval },
      { now, signal: context.signal, ...(ruleName !== undefined && { ruleName }) },
    );
    context.print(renderRows(options.format, columns, plan.rules));
    opened.log.info(
      { sessions: plan.readCount, new: plan.rules.reduce((sum, rule) => sum + rule.newCount, 0) },
      'Planned; nothing was written',
    );
    return exitDone;
  });
}

/** Returns the range of `--from` and `--to`, by default the last 31 days: agent sessions that began then. */
export function wrapupInterval(
  { from, to }: { readonly from?: Date | undefined; readonly to?: Date | undefined },
  now: Date,
): Interval {
  const end = to ?? now;
  const begin = from ?? plus(end, -daysDefault * dayMs);
  requireOrder(begin, end);
  return { from: begin, to: end };
}

const columns: readonly RowColumn<RulePlan>[] = [
  { name: 'rule', of: (rule) => rule.rule },
  { name: 'wrapup_name', of: (rule) => rule.wrapupName },
  { name: 'matched_count', of: (rule) => rule.matchedCount },
  { name: 'new_count', of: (rule) => rule.newCount },
  { name: 'decided_count', of: (rule) => rule.decidedCount },
  { name: 'has_code_count', of: (rule) => rule.hasCodeCount },
  { name: 'not_offered_count', of: (rule) => rule.notOfferedCount },
  { name: 'withdrawn_count', of: (rule) => rule.withdrawnCount },
  // A line has room for one example; the other formats have all of them.
  { name: 'examples', of: (rule) => rule.examples, inTable: (rule) => rule.examples[0] ?? null },
];
