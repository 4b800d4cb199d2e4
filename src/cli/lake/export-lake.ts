/**
 * Runs one export: claims the changes, brings every table up to date and marks it as done. Shared
 * by `lake export` and `run`.
 */

import type pg from 'pg';
import { compactTable } from '../../lake/compact.js';
import { UnsupportedTableError } from '../../lake/delta/protocol.js';
import { exportTable } from '../../lake/export-table.js';
import type { Store } from '../../lake/stores/store.js';
import { LakeError } from '../../lib/errors.js';
import type { Log } from '../../lib/log.js';
import type { LakeFigures } from '../../model/lake.js';
import { directoryMarks } from '../../postgres/lake/directory.js';
import {
  claimChanges,
  clearPending,
  type Lake,
  noteExported,
  type PendingDays,
  planWholeTables,
  readPending,
  readPrunedTo,
  renumberAbove,
  wholeTable,
} from '../../postgres/lake/lakes.js';
import { copyLakeRows } from '../../postgres/lake/rows.js';
import { type LakeRelation, readLakeRelations } from '../../postgres/lake/tables.js';

export interface LakeWork {
  readonly pool: pg.Pool;
  readonly log: Log;
  readonly store: Store;
  readonly lake: Lake;
  readonly organizationId: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Compacts the files of final months afterwards. */
  readonly isCompacting: boolean;
  /** Adds further work to the pending changes before they are read. */
  readonly plan?: (relations: readonly LakeRelation[]) => Promise<void>;
  readonly onTable?: (path: string, figures: LakeFigures) => void;
}

/**
 * Exports all pending changes. Each table is marked as done when it is committed, so that a killed
 * export repeats at most one.
 */
export async function exportLake(work: LakeWork): Promise<LakeFigures> {
  const { pool, lake, now } = work;
  const relations = await withClient(pool, (client) => readLakeRelations(client, lake));
  await planWholeTables(pool, lake, relations, now());
  await work.plan?.(relations);
  await directoryMarks(pool);
  await claimChanges(pool, await withClient(pool, (client) => readLakeRelations(client, everything)));
  const { exportNumber, pending } = await readPending(pool, lake);
  const keptBefore = await readPrunedTo(pool);
  const total = { rows: 0, files: 0, bytes: 0 };
  const failures: LakeError[] = [];
  for (const each of pending) {
    work.signal.throwIfAborted();
    const relation = relations.find(({ path }) => path === each.path);
    if (relation === undefined) continue;
    const figures = await exportPending(work, relation, each, exportNumber, keptBefore).catch((error: unknown) => {
      // A table that cannot be written does not prevent others from being written.
      if (!(error instanceof LakeError)) throw error;
      failures.push(error);
      return { rows: 0, files: 0, bytes: 0 };
    });
    total.rows += figures.rows;
    total.files += figures.files;
    total.bytes += figures.bytes;
  }
  if (work.isCompacting) await compactTables(work, relations);
  if (failures.length > 0) throw failureOf(failures);
  await noteExported(pool, lake, now());
  return total;
}

async function compactTables(work: LakeWork, relations: readonly LakeRelation[]): Promise<void> {
  const { store, organizationId, now, signal, log } = work;
  for (const { path, isByDay } of relations) {
    if (!isByDay) continue;
    const months = await compactTable(store, path, { organizationId, nowMs: now().getTime(), signal }).catch(
      (error: unknown) => {
        if (!(error instanceof UnsupportedTableError)) throw error;
        return 0;
      },
    );
    if (months > 0) log.debug({ table: path, months }, 'Months compacted');
  }
}

const failuresShownMax = 5;

function failureOf(failures: readonly LakeError[]): LakeError {
  const [first] = failures as [LakeError];
  if (failures.length === 1) return first;
  const shown = failures.slice(0, failuresShownMax).map(({ message }) => message);
  return new LakeError(`${failures.length} tables could not be exported. ${shown.join(' ')}`, { cause: first });
}

const everything = { isRaw: true, isPersonal: true };

async function exportPending(
  { pool, log, store, lake, organizationId, now, signal, onTable }: LakeWork,
  relation: LakeRelation,
  pending: PendingDays,
  exportNumber: number,
  keptBefore: string | undefined,
): Promise<LakeFigures> {
  const days = pending.days.map(({ day }) => day).filter((day) => day !== wholeTable);
  const { keptDays, ...figures } = await exportTable(
    {
      store,
      table: relation,
      organizationId,
      exportNumber,
      now,
      signal,
      ...(keptBefore !== undefined && { keptBefore }),
      renumber: (newest) => renumberAbove(pool, exportNumber, newest),
      rows: (unit) => copyLakeRows(pool, relation, unit?.from, unit?.to),
    },
    relation.isByDay ? days : undefined,
  );
  await clearPending(pool, lake, pending);
  if (keptDays > 0) log.warn({ table: relation.path, days: keptDays }, 'Days of pruned months are kept as exported');
  onTable?.(relation.path, figures);
  return figures;
}

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}
