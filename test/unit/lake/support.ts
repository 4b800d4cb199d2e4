import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { readSnapshot } from '../../../src/lake/delta/snapshot.js';
import type { Unit } from '../../../src/lake/delta/units.js';
import { exportTable, type TableExport } from '../../../src/lake/export-table.js';
import { folderStore } from '../../../src/lake/stores/folder-store.js';
import type { Store } from '../../../src/lake/stores/store.js';
import type { LakeTable } from '../../../src/model/lake.js';
import { copyHeader, copyTrailer } from '../../../src/postgres/connection/copy.js';
import { RowWriter } from '../../../src/values/copy-writer.js';

export const organizationId = '11111111-2222-3333-4444-555555555555';
export const at = new Date('2026-03-12T15:00:00Z');

export const table: LakeTable = {
  path: 'mart/fct_things',
  description: 'One row per thing.',
  columns: [
    { name: 'name', type: 'string' },
    { name: 'value', type: 'long' },
    { name: 'started_at', type: 'timestamp' },
  ],
  isByDay: true,
};

export type Thing = readonly [name: string, value: number | null, startedAt: string];

/** A new folder with its store, and how to remove it. */
export async function temporaryStore(): Promise<{ root: string; store: Store; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'lake-'));
  return { root, store: folderStore(root), remove: () => rm(root, { recursive: true, force: true }) };
}

/** Rows as Postgres would copy them. */
export async function* copied(things: readonly Thing[]): AsyncGenerator<Buffer> {
  const writer = new RowWriter(1_024);
  for (const [name, value, startedAt] of things) {
    writer.beginRow(3);
    writer.value('text', name);
    writer.value('bigint', value);
    writer.value('time', Date.parse(startedAt));
  }
  yield copyHeader;
  yield Buffer.from(writer.bytes.subarray(0, writer.length));
  yield copyTrailer;
}

/** An export whose Postgres holds these things. */
export function exportOf(store: Store, things: readonly Thing[], options: Partial<TableExport> = {}): TableExport {
  const within = ({ from, to }: Unit) => things.filter(([, , startedAt]) => startedAt >= from && startedAt < to);
  return {
    store,
    table,
    organizationId,
    exportNumber: 1,
    now: () => at,
    signal: new AbortController().signal,
    rows: (unit) => copied(unit === undefined ? things : within(unit)),
    ...options,
  };
}

export const write = (
  store: Store,
  things: readonly Thing[],
  days: readonly string[],
  options: Partial<TableExport> = {},
) => exportTable(exportOf(store, things, options), days);

/** The names of the things that the newest version of the table holds, in order. */
export async function namesIn(store: Store, path = table.path): Promise<string[]> {
  const { files } = await readSnapshot(store, path);
  const names: string[] = [];
  for (const file of files.values()) {
    const bytes = (await store.read(`${path}/${file.path}`)) as Buffer;
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    for (const row of await parquetReadObjects({ file: buffer, compressors })) names.push(String(row.name));
  }
  return names.sort();
}
