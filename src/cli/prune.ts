import { UsageError } from '../lib/errors.js';
import { type PrunedRelation, prune } from '../postgres/retention/prune.js';
import { type CommandContext, exitDone } from './app/command.js';
import { table } from './app/table.js';
import { withMigratedDatabase } from './app/with-open.js';

export interface PruneCommandOptions {
  readonly keep: string;
  readonly dryRun?: boolean;
}

/**
 * Limits what may be pruned: younger data may still be pending. A day is pulled for the last time 31 days after it, and contains
 * conversations that began up to 59 days before.
 */
const keepDaysMin = 90;
const keepMonthsMax = 600;
const daysPerMonth = 30.4;

/** Removes data older than the given months, days or years, in whole UTC months. */
export async function pruneCommand(context: CommandContext, options: PruneCommandOptions): Promise<number> {
  const before = pruneBefore(options.keep, context.now());
  const isDryRun = options.dryRun === true;
  return withMigratedDatabase(context, async (opened) => {
    const client = await opened.pool.connect();
    const work = { before, isDryRun, now: context.now(), signal: context.signal };
    const pruned = await prune(client, work)
      .catch((error: unknown) => Promise.reject(notOwner(error)))
      .finally(() => client.release());
    if (pruned.length > 0) context.print(prunedTable(pruned));
    const bytes = pruned.reduce((sum, each) => sum + each.bytes, 0);
    const facts = { before: before.toISOString(), freedMegabytes: Math.round(bytes / 1_048_576) };
    opened.log.info(facts, isDryRun ? 'Nothing was removed; run without --dry-run to prune' : 'Pruned');
    return exitDone;
  });
}

function notOwner(error: unknown): unknown {
  if ((error as { code?: unknown }).code !== '42501') return error;
  return new UsageError('This role may not drop tables; run prune as the role that owns the schemas.', {
    cause: error,
  });
}

/** Returns the first day of the month in which the kept range begins. Throws a UsageError for an invalid or too short duration. */
export function pruneBefore(keep: string, now: Date): Date {
  const match = /^(\d{1,4})\s*(d|days?|months?|y|years?)$/.exec(keep.trim());
  if (match === null) throw new UsageError(`--keep is "${keep}"; use for example 24months, 400d or 2years.`);
  const [, count = '', unit = ''] = match;
  const isDays = unit.startsWith('d');
  const months = isDays ? 0 : Number(count) * (unit.startsWith('y') ? 12 : 1);
  const days = isDays ? Number(count) : 0;
  if (Math.max(days, months * daysPerMonth) < keepDaysMin)
    throw new UsageError(
      `--keep ${keep} is too short: younger data is still pulled again. Keep ${keepDaysMin}d, 3months or more.`,
    );
  if (months > keepMonthsMax) throw new UsageError(`--keep ${keep} is longer than Genesys Cloud has existed.`);
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, now.getUTCDate() - days));
  return new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1));
}

function prunedTable(pruned: readonly PrunedRelation[]): string {
  const rows = pruned.map(({ relation, partitions, bytes, rows: count }) => [
    relation,
    partitions,
    Math.round(bytes / 1_024),
    count,
  ]);
  return table(['relation', 'partitions', 'kilobytes', 'rows'], rows);
}
