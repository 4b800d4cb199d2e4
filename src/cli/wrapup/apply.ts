import type { Config } from '../../config/config.js';
import { UsageError } from '../../lib/errors.js';
import { prepareDatabase } from '../../postgres/migrate.js';
import { type Pending, readPending, readWritten, type Written } from '../../postgres/wrapup/pending.js';
import { createAssignmentStore, requeueRejected } from '../../postgres/wrapup/sending.js';
import { type AllowList, allowListOf } from '../../wrapup/rules/allow-list.js';
import { applyAssignments } from '../../wrapup/writeback/apply.js';
import type { ApplySummary } from '../../wrapup/writeback/types.js';
import { type CommandContext, exitDone, exitFailure, timingOf } from '../app/command.js';
import { type Opened, viewSettings } from '../app/open.js';
import { type RowColumn, type RowFormat, renderRows } from '../app/table.js';
import { withApi, withDatabase } from '../app/with-open.js';
import { wrapupInterval } from './plan.js';
import { openPlanner, type Planner } from './planner.js';
import { openCheckedWriter } from './writer.js';

export interface WrapupApplyOptions {
  readonly from?: Date;
  readonly to?: Date;
  readonly rule?: string;
  readonly apply: boolean;
  readonly writesMax?: number;
  readonly retryRejected: boolean;
  readonly format: RowFormat;
}

/**
 * Records the rules' decisions in the ledger, where reports find them at once. Without `--apply` it
 * then only prints what would be sent to Genesys; with it, it sends that within the limits of the
 * rules file.
 */
export async function wrapupApplyCommand(context: CommandContext, options: WrapupApplyOptions): Promise<number> {
  return options.apply ? applyToGenesys(context, options) : recordOnly(context, options);
}

async function recordOnly(context: CommandContext, options: WrapupApplyOptions): Promise<number> {
  return withDatabase(context, async (opened) => {
    const planner = await openRules(opened, opened.config);
    await record(context, opened, planner, options, 'wrapup apply');
    const allowed = allowedBy(planner);
    await createAssignmentStore(opened.pool, { now: context.now, actor: 'wrapup apply' }).confirmFromExtract();
    const pending = await readPending(opened.pool, { ...allowed, ...ruleOf(options) });
    context.print(renderRows(options.format, pendingColumns, pending));
    if (planner.rules.writeback === undefined)
      opened.log.info('The rules file has no writeback list, so nothing would be written to Genesys');
    return exitDone;
  });
}

async function applyToGenesys(context: CommandContext, options: WrapupApplyOptions): Promise<number> {
  return withApi(context, async (opened) => {
    const planner = await openRules(opened, opened.config);
    if (planner.rules.writeback === undefined)
      throw new UsageError(
        `${planner.rules.fileName} has no writeback list, so nothing may be written to Genesys; add writeback with queues, codes and writesPerRunMax.`,
      );
    const { api, actor } = await openCheckedWriter(context, opened);
    const startedAt = context.now();
    try {
      const who = `wrapup apply as ${actor}`;
      await record(context, opened, planner, options, who);
      const allowed = allowedBy(planner);
      const filter = { queueIds: allowed.queueIds, wrapupCodes: allowed.wrapupCodes, ...ruleOf(options) };
      if (options.retryRejected) await requeueRejected(opened.pool, filter, { now: startedAt, actor: who });
      const store = createAssignmentStore(opened.pool, { now: context.now, actor: who });
      const { now, signal } = context;
      const summary = await applyAssignments(
        { api, store, now, signal, sleep: timingOf(context).sleep, log: opened.log },
        { ...filter, writesMax: Math.min(allowed.writesMax, options.writesMax ?? allowed.writesMax) },
      );
      const written = await readWritten(opened.pool, { since: startedAt, actor: who });
      context.print(renderRows(options.format, writtenColumns, written));
      return report(opened, summary, await readPending(opened.pool, filter));
    } finally {
      await api.close();
    }
  });
}

async function openRules(opened: Opened, config: Config): Promise<Planner> {
  await prepareDatabase(opened.pool, viewSettings(config), opened.log);
  return openPlanner(opened.pool, config.wrapupRules);
}

async function record(
  context: CommandContext,
  opened: Opened,
  planner: Planner,
  options: WrapupApplyOptions,
  actor: string,
): Promise<void> {
  const now = context.now();
  const { plan, proposed, superseded } = await planner.propose(
    { interval: wrapupInterval(options, now) },
    { now, signal: context.signal, actor, ...(options.rule !== undefined && { ruleName: options.rule }) },
  );
  opened.log.info({ sessions: plan.readCount, proposed, superseded }, 'Assignments recorded');
}

const nothing: AllowList = { queueIds: [], wrapupCodes: [], writesMax: 0 };

function allowedBy({ rules, directory }: Planner): AllowList {
  return rules.writeback === undefined ? nothing : allowListOf(rules.writeback, directory);
}

function ruleOf({ rule }: WrapupApplyOptions) {
  return rule === undefined ? {} : { rule };
}

function report({ log }: Opened, summary: ApplySummary, pending: readonly Pending[]): number {
  const { stopped, ...counts } = summary;
  const left = pending.reduce((sum, { toWriteCount }) => sum + toWriteCount, 0);
  log.info({ ...counts, left }, 'Written to Genesys');
  if (stopped === undefined) return exitDone;
  log[stopped.isFailure ? 'error' : 'warn'](stopped.reason);
  return stopped.isFailure ? exitFailure : exitDone;
}

const pendingColumns: readonly RowColumn<Pending>[] = [
  { name: 'rule', of: (row) => row.rule },
  { name: 'wrapup_name', of: (row) => row.wrapupName },
  { name: 'proposed_count', of: (row) => row.proposedCount },
  { name: 'to_write_count', of: (row) => row.toWriteCount },
  { name: 'example', of: (row) => row.example },
];

const writtenColumns: readonly RowColumn<Written>[] = [
  { name: 'state', of: (row) => row.state },
  { name: 'error_code', of: (row) => row.errorCode },
  { name: 'assignment_count', of: (row) => row.count },
  { name: 'example', of: (row) => row.example },
  { name: 'reason', of: (row) => row.reason },
];
