import { UsageError } from '../../lib/errors.js';
import { dayMs, type Interval, plus } from '../../lib/interval.js';
import { listed } from '../../lib/text.js';
import { migrate } from '../../postgres/migrate.js';
import type { Plan, RulePlan } from '../../wrapup/rules/plan.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { openDatabase } from '../app/open.js';
import { csvLine, table } from '../app/table.js';
import { openPlanner } from './planner.js';

export interface WrapupPlanOptions {
  readonly from?: Date;
  readonly to?: Date;
  readonly rule?: string;
  readonly format: string;
}

const formats = ['table', 'csv', 'json'];
const daysDefault = 31;

/** Prints what the rules would set, by rule, with examples. Writes nothing, neither to Genesys nor to the ledger. */
export async function wrapupPlanCommand(context: CommandContext, options: WrapupPlanOptions): Promise<number> {
  if (!formats.includes(options.format))
    throw new UsageError(`--format ${options.format} is not known; use ${listed(formats)}.`);
  const now = context.now();
  const interval = wrapupInterval(options, now);
  const opened = await openDatabase(context);
  try {
    await migrate(opened.pool, { timeZone: opened.config.timeZone });
    const planner = await openPlanner(opened.pool, opened.config.wrapupRules);
    const ruleName = options.rule;
    const plan = await planner.plan(
      { interval },
      { now, signal: context.signal, ...(ruleName !== undefined && { ruleName }) },
    );
    context.print(planText(plan, options.format));
    opened.log.info(
      { sessions: plan.readCount, new: plan.rules.reduce((sum, rule) => sum + rule.newCount, 0) },
      'Planned; nothing was written',
    );
    return exitDone;
  } finally {
    await opened.close();
  }
}

/** Returns the range of `--from` and `--to`, by default the last 31 days: agent sessions that began then. */
export function wrapupInterval(
  { from, to }: { readonly from?: Date | undefined; readonly to?: Date | undefined },
  now: Date,
): Interval {
  const end = to ?? now;
  const begin = from ?? plus(end, -daysDefault * dayMs);
  if (begin >= end)
    throw new UsageError(`--from ${begin.toISOString()} is not before --to ${end.toISOString()}; swap them.`);
  return { from: begin, to: end };
}

const columns: readonly (readonly [title: string, of: (rule: RulePlan) => unknown])[] = [
  ['rule', (rule) => rule.rule],
  ['wrapup_name', (rule) => rule.wrapupName],
  ['matched_count', (rule) => rule.matchedCount],
  ['new_count', (rule) => rule.newCount],
  ['decided_count', (rule) => rule.decidedCount],
  ['has_code_count', (rule) => rule.hasCodeCount],
  ['not_offered_count', (rule) => rule.notOfferedCount],
  ['withdrawn_count', (rule) => rule.withdrawnCount],
  ['examples', (rule) => rule.examples.join(' ')],
];

function planText({ rules }: Plan, format: string): string {
  const rows = rules.map((rule) => columns.map(([, of]) => of(rule)));
  const titles = columns.map(([title]) => title);
  if (format === 'csv') return [titles, ...rows].map(csvLine).join('\n');
  if (format === 'json') {
    const objects = rules.map((rule) => ({
      ...Object.fromEntries(columns.map(([title, of]) => [title, of(rule)])),
      examples: rule.examples,
    }));
    return JSON.stringify(objects, null, 2);
  }
  // One example fits on a line; the other formats have them all.
  const short = (title: string) => title.replace(/_count$/, '').replaceAll('_', ' ');
  return table(
    titles.map(short),
    rules.map((rule, index) => [...(rows[index] ?? []).slice(0, -1), rule.examples[0] ?? null]),
  );
}
