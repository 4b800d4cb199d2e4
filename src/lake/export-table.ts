/** Brings one table of a lake up to date with Postgres, by days or as a whole. */

import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { LakeError } from '../lib/errors.js';
import { dayMs } from '../lib/interval.js';
import type { Day, LakeFigures, LakeTable } from '../model/lake.js';
import type { Action, AddFile, RemoveFile } from './delta/actions.js';
import { writeCheckpoint } from './delta/checkpoint-write.js';
import { commit } from './delta/commit.js';
import { ownProtocol, requireWritable } from './delta/protocol.js';
import {
  fieldsOf,
  mergedFields,
  monthColumn,
  organizationColumn,
  parseFields,
  partitionColumns,
  schemaString,
} from './delta/schema.js';
import { readSnapshot, type Snapshot } from './delta/snapshot.js';
import { exportNumberOf, filesIn, isOf, monthOf, tagNames, type Unit, unitsOf } from './delta/units.js';
import { compression } from './parquet/compression.js';
import { writeParquet } from './parquet/write-file.js';
import { spool } from './spool.js';
import { type Store, StoreError } from './stores/store.js';

export interface TableExport {
  readonly store: Store;
  readonly table: LakeTable;
  readonly organizationId: string;
  /** Higher than the number of every change that `rows` will include. */
  readonly exportNumber: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /**
   * Returns a higher number where the table's newest one was never drawn by this database, which was restored from a backup: its exports
   * would be taken for earlier ones. Else the number of this export.
   */
  readonly renumber?: (newest: number) => Promise<number>;
  /** Postgres no longer has all days before it; the lake keeps them as they are. */
  readonly keptBefore?: Day;
  /** Reads the rows of a unit, or of the whole table. */
  readonly rows: (unit?: Unit) => AsyncIterable<Buffer>;
}

export interface ExportedTable extends LakeFigures {
  /** Days that were kept as exported because Postgres no longer has all of them. */
  readonly keptDays: number;
}

/** A file, or the absence of rows, that replaces the content of a unit. */
interface Written {
  /** Absent: the whole table. */
  readonly unit?: Unit;
  readonly add?: AddFile;
}

/** Maximum of days in one commit, so that a first export of years is committed in parts. */
const daysPerCommit = 31;
const unitsAtOnce = 2;
const checkpointInterval = 10;
/** Days for which deleted files are kept for readers of older versions. */
export const tombstoneDays = 7;

/** Writes and commits the given days (or the whole table), except those of a later export or with the same rows. */
export async function exportTable(given: TableExport, days: readonly Day[] | undefined): Promise<ExportedTable> {
  const { store, table } = given;
  let snapshot = await readSnapshot(store, table.path);
  const newest = snapshot.transactions.get(applicationId(given.organizationId))?.version ?? -1;
  const isBehind = newest > given.exportNumber && given.renumber !== undefined;
  const work = isBehind ? { ...given, exportNumber: await given.renumber(newest) } : given;
  if (snapshot.protocol && snapshot.metadata) requireWritable(table.path, snapshot.protocol, snapshot.metadata);
  if (days === undefined) {
    const written = await writeUnit(work, snapshot, undefined);
    if (written === undefined) return { ...none, keptDays: 0 };
    await commitWritten(work, snapshot, [written]);
    return { ...figuresOf([written]), keptDays: 0 };
  }
  // A table without rows is created as well, so that its readers find its columns.
  if (days.length === 0) await commitWritten(work, snapshot, []);
  let [figures, keptDays] = [none, 0];
  for (let at = 0; at < days.length; at += daysPerCommit) {
    const units = unitsOf(days.slice(at, at + daysPerCommit), snapshot.files.values(), work.organizationId);
    const kept = units.filter((unit) => isKept(work, snapshot, unit));
    keptDays += kept.length;
    const before = snapshot;
    const written = await writeUnits(
      units.filter((unit) => !kept.includes(unit)),
      (unit) => writeUnit(work, before, unit),
      work.signal,
    );
    if (written.length > 0) snapshot = await commitWritten(work, snapshot, written);
    figures = sum(figures, figuresOf(written));
  }
  return { ...figures, keptDays };
}

/**
 * Writes a few units at once, so that Postgres reads one while another is compressed here. The
 * first failure ends all.
 */
async function writeUnits(
  units: readonly Unit[],
  write: (unit: Unit) => Promise<Written | undefined>,
  signal: AbortSignal,
): Promise<Written[]> {
  const limit = pLimit(unitsAtOnce);
  const results = await Promise.all(
    units.map((unit) =>
      limit(() => {
        signal.throwIfAborted();
        return write(unit);
      }),
    ),
  ).catch((error: unknown) => {
    limit.clearQueue();
    throw error;
  });
  return results.filter((each) => each !== undefined);
}

const none: LakeFigures = { rows: 0, files: 0, bytes: 0 };

function isKept({ keptBefore, organizationId }: TableExport, snapshot: Snapshot, unit: Unit): boolean {
  if (keptBefore === undefined || unit.from >= keptBefore) return false;
  return filesIn(snapshot.files.values(), organizationId, unit).length > 0;
}

function figuresOf(written: readonly Written[]): LakeFigures {
  const adds = written.flatMap(({ add }) => (add === undefined ? [] : [add]));
  const rows = adds.reduce((total, { stats }) => total + recordsIn(stats), 0);
  return { rows, files: adds.length, bytes: adds.reduce((total, { size }) => total + size, 0) };
}

export const recordsIn = (stats: string | null | undefined): number =>
  stats ? Number((JSON.parse(stats) as { numRecords?: number }).numRecords ?? 0) : 0;

const sum = (a: LakeFigures, b: LakeFigures): LakeFigures => ({
  rows: a.rows + b.rows,
  files: a.files + b.files,
  bytes: a.bytes + b.bytes,
});

/** Returns the files that hold the rows of `unit`. */
function standing(snapshot: Snapshot, organizationId: string, unit: Unit | undefined): AddFile[] {
  if (unit !== undefined) return filesIn(snapshot.files.values(), organizationId, unit);
  return [...snapshot.files.values()].filter((file) => isOf(file, organizationId));
}

/** Writes one unit; resolves to undefined where nothing changes. */
async function writeUnit(work: TableExport, snapshot: Snapshot, unit: Unit | undefined): Promise<Written | undefined> {
  const before = standing(snapshot, work.organizationId, unit);
  const spooled = await spool(work.rows(unit));
  const [only] = before;
  const isSame = spooled.digest !== undefined && only?.tags?.[tagNames.digest] === spooled.digest;
  if (before.length === 1 && isSame && hasAllFields(work, snapshot)) {
    return undefined;
  }
  const add = await writeFile(work, unit, spooled.rows(), spooled.digest);
  if (add === undefined && before.length === 0 && snapshot.version >= 0) return undefined;
  return { ...(unit && { unit }), ...(add && { add }) };
}

function hasAllFields({ table }: TableExport, { metadata }: Snapshot): boolean {
  if (metadata === undefined) return false;
  return (
    metadata.schemaString ===
    schemaString(mergedFields(table.path, parseFields(metadata.schemaString), fieldsOf(table)))
  );
}

async function writeFile(
  { store, table, organizationId, exportNumber, now, signal }: TableExport,
  unit: Unit | undefined,
  rows: AsyncIterable<Buffer>,
  digest: string | undefined,
): Promise<AddFile | undefined> {
  const values = { [organizationColumn]: organizationId, ...(unit && { [monthColumn]: monthOf(unit.from) }) };
  const folder = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const path = [...folder, `part-${randomUUID()}.${compression.codec.toLowerCase()}.parquet`].join('/');
  const file = await writeParquet(table.columns, rows, (bytes) => store.put(`${table.path}/${path}`, bytes, signal));
  if (file === undefined) return undefined;
  await requireStored(store, `${table.path}/${path}`, file.size);
  return {
    path,
    partitionValues: values,
    size: file.size,
    modificationTime: now().getTime(),
    dataChange: true,
    stats: file.stats,
    tags: {
      ...(unit && { [tagNames.from]: unit.from, [tagNames.to]: unit.to }),
      [tagNames.exportNumber]: String(exportNumber),
      ...(digest !== undefined && { [tagNames.digest]: digest }),
    },
  };
}

/** Checks that the store has kept a file, because a commit must not name a missing one. */
async function requireStored(store: Store, path: string, size: number): Promise<void> {
  const found = (await store.list(path)).find((file) => file.path === path);
  if (found?.size === size) return;
  throw new StoreError(
    `${store.address} accepted ${path} but has ${found?.size ?? 'none'} of its ${size} bytes. Check the store; nothing was committed.`,
  );
}

async function commitWritten(work: TableExport, snapshot: Snapshot, written: readonly Written[]): Promise<Snapshot> {
  const { store, table, now } = work;
  try {
    const after = await commit(store, table.path, snapshot, {
      operation: 'WRITE',
      parameters: { mode: 'Overwrite', partitionBy: JSON.stringify(partitionColumns(table)) },
      nowMs: now().getTime(),
      decide: (latest) => actionsFor(work, latest, written),
    });
    await checkpointIfDue(work, snapshot, after);
    return after;
  } catch (error) {
    await discard(work, written);
    throw error;
  }
}

/** Deletes the files of a commit that was not made; vacuum deletes those that cannot be deleted now. */
async function discard({ store, table }: TableExport, written: readonly Written[]): Promise<void> {
  const latest = await readSnapshot(store, table.path).catch(() => undefined);
  for (const { add } of written) {
    if (add === undefined || latest === undefined || latest.files.has(add.path)) continue;
    await store.delete(`${table.path}/${add.path}`).catch(() => {});
  }
}

async function checkpointIfDue({ store, table, now }: TableExport, before: Snapshot, after: Snapshot): Promise<void> {
  const isDue = Math.floor(after.version / checkpointInterval) > Math.floor(before.version / checkpointInterval);
  if (!isDue) return;
  await writeCheckpoint(store, table.path, after, { tombstonesSinceMs: now().getTime() - tombstoneDays * dayMs });
}

/** Returns the actions that add the written files to the latest version; a unit that a later export has written meanwhile stays. */
function actionsFor(work: TableExport, latest: Snapshot, written: readonly Written[]): Action[] {
  const { organizationId, exportNumber, now } = work;
  const changes = written.flatMap(({ unit, add }): Action[] => {
    const before = standing(latest, organizationId, unit);
    if (before.some((file) => exportNumberOf(file) > exportNumber)) return [];
    requireCovered(work, before, unit);
    return [...before.map((file) => ({ remove: removeOf(file, now().getTime()) })), ...(add ? [{ add }] : [])];
  });
  const head = headOf(work, latest);
  if (changes.length === 0 && head.length === 0) return [];
  const txn = { appId: applicationId(organizationId), version: exportNumber, lastUpdated: now().getTime() };
  return [...head, { txn }, ...changes];
}

export const applicationId = (organizationId: string): string => `genesys-warehouse:${organizationId}`;

/** Throws if another program has merged days since the unit was read, because other rows of its file would be lost. */
function requireCovered(
  { table, organizationId }: TableExport,
  before: readonly AddFile[],
  unit: Unit | undefined,
): void {
  if (unit === undefined) return;
  const [wide] = unitsOf([unit.from], before, organizationId);
  if (wide !== undefined && (wide.from < unit.from || wide.to > unit.to))
    throw new LakeError(`Table ${table.path} was compacted by another program during the export. Export again.`);
}

export function removeOf(file: AddFile, nowMs: number): RemoveFile {
  return {
    path: file.path,
    deletionTimestamp: nowMs,
    dataChange: true,
    extendedFileMetadata: true,
    partitionValues: file.partitionValues,
    size: file.size,
  };
}

/** Returns protocol and metadata for a new table, and metadata for new columns. */
function headOf({ table, now }: TableExport, { metadata }: Snapshot): Action[] {
  const own = fieldsOf(table);
  if (metadata === undefined) {
    const created = {
      id: randomUUID(),
      name: table.path.split('/').at(-1) ?? table.path,
      description: table.description,
      format: { provider: 'parquet', options: {} },
      schemaString: schemaString(own),
      partitionColumns: partitionColumns(table),
      configuration: {},
      createdTime: now().getTime(),
    };
    return [{ protocol: ownProtocol }, { metaData: created }];
  }
  const fields = schemaString(mergedFields(table.path, parseFields(metadata.schemaString), own));
  return fields === metadata.schemaString ? [] : [{ metaData: { ...metadata, schemaString: fields } }];
}
