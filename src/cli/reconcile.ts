import type pg from 'pg';
import { UsageError } from '../lib/errors.js';
import { dayMs, earlier, floorTo, type Interval, lengthMs, plus, secondMs } from '../lib/interval.js';
import type { Log } from '../lib/log.js';
import {
  type DayReconciliation,
  type DifferenceRow,
  readDaysToCompare,
  readDifferences,
  reconcileDay,
} from '../postgres/reconcile/reconcile.js';
import { type CommandContext, exitDone, exitFailure } from './app/command.js';
import { errorFacts } from './app/error-text.js';
import { requireOrder } from './app/range.js';
import { type RowColumn, type RowFormat, renderRows } from './app/table.js';
import { withMigratedDatabase } from './app/with-open.js';

export interface ReconcileOptions {
  readonly from: Date;
  readonly to: Date;
  readonly format: RowFormat;
}

const daysMax = 3_700;
/** Nobody reads more rows than this; the counts by day in the summary are complete. */
const differencesShownMax = 100_000;
/** Days compared after one sync or tick; the rest is compared after the next one. */
const daysPerRunMax = 31;
const runMsMax = 20 * secondMs;

/**
 * Compares stored conversations with Genesys' aggregates, in all UTC days that the range touches,
 * and prints the differences. Slices with final differences are made due, so that the next sync
 * pulls them. Exit status 1 if a final figure differs.
 */
export async function reconcileCommand(context: CommandContext, options: ReconcileOptions): Promise<number> {
  const range = rangeOf(options, context.now());
  return withMigratedDatabase(context, async (opened) => {
    const days = await reconcileRange(opened.pool, range, context);
    const rows = await readDifferences(opened.pool, range, differencesShownMax);
    if (rows.length > 0 || options.format !== 'table') context.print(renderRows(options.format, columns, rows));
    report(days, opened.log);
    return days.some((day) => day.state === 'different') ? exitFailure : exitDone;
  });
}

/**
 * Compares, after a sync, the days of which something was pulled since they were last compared. A
 * failure is only logged, because the data is stored.
 */
export async function reconcilePulledDays(pool: pg.Pool, context: CommandContext, log: Log): Promise<void> {
  if (context.signal.aborted) return;
  const startedAt = performance.now();
  try {
    const days: DayReconciliation[] = [];
    for (const at of await readDaysToCompare(pool, daysPerRunMax)) {
      if (context.signal.aborted || performance.now() - startedAt > runMsMax) break;
      const day = await reconcileDay(pool, at, { now: context.now(), waitForLock: false });
      if (day !== undefined) days.push(day);
    }
    if (days.length > 0) report(days, log);
  } catch (error) {
    log.error(errorFacts(error), 'Conversations could not be compared with the aggregates; the next run retries');
  }
}

async function reconcileRange(pool: pg.Pool, range: Interval, context: CommandContext): Promise<DayReconciliation[]> {
  const days: DayReconciliation[] = [];
  for (let at = range.from; at < range.to; at = plus(at, dayMs)) {
    context.signal.throwIfAborted();
    const day = await reconcileDay(pool, at, { now: context.now(), waitForLock: true });
    if (day !== undefined) days.push(day);
  }
  return days;
}

const column = (name: string): RowColumn<DifferenceRow> => ({ name, of: (row) => row[name] });

const columns: readonly RowColumn<DifferenceRow>[] = [
  column('interval_start_at'),
  // The queue's name is shown; its id would only widen the table.
  { ...column('queue_id'), isHiddenInTable: true },
  { ...column('queue_name'), tableTitle: 'queue', inTable: (row) => row.queue_name ?? row.queue_id },
  column('media_type'),
  column('metric'),
  { ...column('details_count'), tableTitle: 'details count' },
  { ...column('aggregate_count'), tableTitle: 'aggregate count' },
  column('details_seconds'),
  column('aggregate_seconds'),
  column('state'),
];

function report(days: readonly DayReconciliation[], log: Log): void {
  const sum = (countOf: (day: DayReconciliation) => number) => days.reduce((total, day) => total + countOf(day), 0);
  const facts = {
    days: days.length,
    equal: sum((day) => day.equalCount),
    different: sum((day) => day.differentCount),
    notFinal: sum((day) => day.notFinalCount),
    notFinalDifferent: sum((day) => day.notFinalDifferentCount),
  };
  if (facts.different > 0) log.warn(facts, `Conversations and aggregates differ in ${facts.different} final figures`);
  else if (facts.notFinalDifferent > 0)
    log.info(facts, 'Conversations and aggregates agree in all final figures; some figures with pending pulls differ');
  else log.info(facts, 'Conversations and aggregates agree');
  for (const { day, differentCount, requeue } of days.filter((each) => each.state === 'different')) {
    log.warn({ day: day.from.toISOString().slice(0, 10), different: differentCount }, requeueTexts[requeue]);
  }
}

const requeueTexts: Readonly<Record<DayReconciliation['requeue'], string>> = {
  due: 'The day differs; its slices are due again and the next sync pulls them',
  exhausted: 'The day differs and was pulled again as often as permitted; see mart.ops_reconciliation_differences',
  none: 'The day differs; nothing of it could be made due',
};

function rangeOf({ from, to }: ReconcileOptions, now: Date): Interval {
  requireOrder(from, to);
  if (from >= now)
    throw new UsageError(`--from ${from.toISOString()} lies in the future; there is nothing to compare yet.`);
  // Slices are whole days, and so are comparisons.
  const range = { from: floorTo(from, dayMs), to: plus(floorTo(plus(earlier(to, now), -1), dayMs), dayMs) };
  if (lengthMs(range) > daysMax * dayMs)
    throw new UsageError(`The range is longer than ${daysMax} days; choose a shorter one.`);
  return range;
}
