import type pg from 'pg';
import type { Store } from '../../lake/stores/store.js';
import { pruneTable, type Vacuumed, vacuumTable } from '../../lake/vacuum.js';
import { UsageError } from '../../lib/errors.js';
import { dayMs, hourMs } from '../../lib/interval.js';
import { type Lake, readTablePaths } from '../../postgres/lake/lakes.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { table } from '../app/table.js';
import { withWarehouse } from '../app/with-open.js';
import { pruneBefore } from '../prune.js';
import { requireOrganization } from './export.js';
import { openLake } from './open-lake.js';
import { chosenLakes } from './status.js';

export interface MaintainOptions {
  readonly keep: string;
  readonly dryRun: boolean;
}

/** Deletes files that no version within the kept time reads, such as those of replaced days and erased persons. */
export async function lakeVacuumCommand(
  context: CommandContext,
  url: string | undefined,
  { keep, dryRun }: MaintainOptions,
): Promise<number> {
  const keepMs = keptMs(keep);
  const nowMs = context.now().getTime();
  const vacuum = (store: Store, path: string) => vacuumTable(store, path, { keepMs, nowMs, isDryRun: dryRun });
  return maintain(context, url, dryRun, 'Lake vacuumed', vacuum);
}

/** Removes old months from a lake, which the command `prune` never does. */
export async function lakePruneCommand(
  context: CommandContext,
  url: string | undefined,
  { keep, dryRun }: MaintainOptions,
): Promise<number> {
  const before = pruneBefore(keep, context.now()).toISOString().slice(0, 10);
  const nowMs = context.now().getTime();
  return maintain(context, url, dryRun, 'Lake pruned', (store, path, organizationId) =>
    pruneTable(store, path, organizationId, { before, nowMs, isDryRun: dryRun }),
  );
}

type Work = (store: Store, path: string, organizationId: string) => Promise<Vacuumed>;

async function maintain(
  context: CommandContext,
  url: string | undefined,
  isDryRun: boolean,
  event: string,
  work: Work,
): Promise<number> {
  return withWarehouse(context, async ({ pool, log }) => {
    const organizationId = await requireOrganization(pool);
    const rows: (readonly [string, string, number, number])[] = [];
    for (const lake of await chosenLakes(context, pool, url)) {
      const { store } = await openLake(context, lake.address, !isDryRun);
      rows.push(...(await maintainLake(pool, lake, (path) => work(store, path, organizationId), context.signal)));
    }
    if (rows.length > 0) context.print(table(['lake', 'table', 'files', 'kilobytes'], rows));
    const files = rows.reduce((total, [, , count]) => total + count, 0);
    log.info({ files }, isDryRun ? 'Nothing was changed; run without --dry-run' : event);
    return exitDone;
  });
}

async function maintainLake(
  pool: pg.Pool,
  lake: Lake,
  work: (path: string) => Promise<Vacuumed>,
  signal: AbortSignal,
): Promise<(readonly [string, string, number, number])[]> {
  const rows: (readonly [string, string, number, number])[] = [];
  for (const path of await readTablePaths(pool, lake)) {
    signal.throwIfAborted();
    const { files, bytes } = await work(path);
    if (files > 0) rows.push([lake.address, path, files, Math.round(bytes / 1_024)]);
  }
  return rows;
}

/**
 * Parses the retention of files. Throws a UsageError for an invalid duration, or for one so short
 * that a running query could lose its files.
 */
function keptMs(keep: string): number {
  const [, count = '', unit] = /^(\d{1,4})\s*(h|d)$/.exec(keep.trim()) ?? [];
  const ms = Number(count) * (unit === 'h' ? hourMs : dayMs);
  if (unit === undefined) throw new UsageError(`--keep is "${keep}"; use for example 7d or 48h.`);
  if (ms < hourMs)
    throw new UsageError(`--keep ${keep} is too short: running queries would lose their files. Keep 1h or more.`);
  return ms;
}
