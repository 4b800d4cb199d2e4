import type pg from 'pg';
import { readSnapshot } from '../../lake/delta/snapshot.js';
import { isOf, rangeOf } from '../../lake/delta/units.js';
import { recordsIn } from '../../lake/export-table.js';
import type { Store } from '../../lake/stores/store.js';
import { UsageError } from '../../lib/errors.js';
import { countPending, type Lake, readLakes, readTablePaths } from '../../postgres/lake/lakes.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { type RowColumn, type RowFormat, renderRows } from '../app/table.js';
import { withWarehouse } from '../app/with-open.js';
import { requireOrganization } from './export.js';
import { openLake } from './open-lake.js';

interface TableRow {
  readonly lake: string;
  readonly table: string;
  readonly version: number;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly pending: number;
  readonly exportedAt: Date | null;
}

const columns: readonly RowColumn<TableRow>[] = [
  { name: 'lake', of: ({ lake }) => lake },
  { name: 'table', of: ({ table }) => table },
  { name: 'version', of: ({ version }) => version },
  { name: 'row_count', of: ({ rows }) => rows },
  { name: 'file_count', of: ({ files }) => files },
  { name: 'bytes', of: ({ bytes }) => bytes },
  { name: 'first_day', of: ({ from }) => from },
  { name: 'day_after_last', of: ({ to }) => to },
  { name: 'pending_days', of: ({ pending }) => pending },
  { name: 'exported_at', of: ({ exportedAt }) => exportedAt?.toISOString() ?? null },
];

/** Shows the tables of one or all lakes: their size, their days and the pending changes. */
export async function lakeStatusCommand(
  context: CommandContext,
  { url, format }: { readonly url?: string; readonly format: RowFormat },
): Promise<number> {
  return withWarehouse(context, async ({ pool }) => {
    const rows: TableRow[] = [];
    const organizationId = await requireOrganization(pool);
    for (const lake of await chosenLakes(context, pool, url)) {
      const { store } = await openLake(context, lake.address, false);
      rows.push(...(await tablesOf(pool, store, lake, organizationId)));
    }
    context.print(renderRows(format, columns, rows));
    return exitDone;
  });
}

/** Returns the lake of an address that was exported to before, or all lakes. */
export async function chosenLakes(context: CommandContext, pool: pg.Pool, url: string | undefined): Promise<Lake[]> {
  const lakes = await readLakes(pool);
  if (url === undefined) return lakes;
  const { address } = await openLake(context, url, false);
  const found = lakes.filter((lake) => lake.address === address);
  if (found.length > 0) return found;
  const known = lakes.map((lake) => lake.address).join(', ') || 'none';
  throw new UsageError(
    `Nothing was exported to ${address} yet (lakes: ${known}). Run genesys-warehouse lake export first.`,
  );
}

async function tablesOf(pool: pg.Pool, store: Store, lake: Lake, organizationId: string): Promise<TableRow[]> {
  const pending = await countPending(pool, lake);
  const rows: TableRow[] = [];
  for (const path of await readTablePaths(pool, lake)) {
    const snapshot = await readSnapshot(store, path);
    const files = [...snapshot.files.values()].filter((file) => isOf(file, organizationId));
    const ranges = files.filter((file) => 'month' in file.partitionValues).map(rangeOf);
    rows.push({
      lake: lake.address,
      table: path,
      version: snapshot.version,
      rows: files.reduce((total, { stats }) => total + recordsIn(stats), 0),
      files: files.length,
      bytes: files.reduce((total, { size }) => total + size, 0),
      from: ranges.map(({ from }) => from).sort()[0] ?? null,
      to:
        ranges
          .map(({ to }) => to)
          .sort()
          .at(-1) ?? null,
      pending: pending.get(path) ?? 0,
      exportedAt: lake.exportedAt,
    });
  }
  return rows;
}
