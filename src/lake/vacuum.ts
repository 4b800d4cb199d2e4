import { type AddFile, commitPath } from './delta/actions.js';
import { commit } from './delta/commit.js';
import { requireWritable } from './delta/protocol.js';
import { monthColumn } from './delta/schema.js';
import { readSnapshot, type Snapshot } from './delta/snapshot.js';
import { isOf, rangeOf } from './delta/units.js';
import { removeOf } from './export-table.js';
import type { Store, StoredFile } from './stores/store.js';

export interface VacuumOptions {
  /** Files that were removed from the table longer ago than this are deleted. */
  readonly keepMs: number;
  readonly nowMs: number;
  readonly isDryRun: boolean;
}

export interface Vacuumed {
  readonly files: number;
  readonly bytes: number;
}

/** A file that no commit names may belong to a running export. */
const orphanMsMin = 24 * 3_600_000;
/** Time for which commits that a checkpoint replaces are kept for readers of older versions. */
const logMsMin = 30 * 24 * 3_600_000;
const versionDigits = 20;

/** Deletes files that no version within the kept time reads any more, and commits that a checkpoint replaces. */
export async function vacuumTable(store: Store, path: string, options: VacuumOptions): Promise<Vacuumed> {
  const snapshot = await readSnapshot(store, path);
  if (snapshot.protocol && snapshot.metadata) requireWritable(path, snapshot.protocol, snapshot.metadata);
  const files = await store.list(`${path}/`);
  const old = files.filter((file) => isOld(file, path, snapshot, options));
  if (!options.isDryRun) for (const file of old) await store.delete(file.path);
  return { files: old.length, bytes: old.reduce((total, { size }) => total + size, 0) };
}

function isOld(file: StoredFile, table: string, snapshot: Snapshot, options: VacuumOptions): boolean {
  const name = file.path.slice(table.length + 1);
  const ageMs = options.nowMs - file.modifiedMs;
  if (name.startsWith('_delta_log/')) return isOldCommit(name, snapshot.checkpointVersion) && ageMs > logMsMin;
  // By the protocol, names with these prefixes belong to others.
  if (name.startsWith('_') || name.startsWith('.')) return false;
  if (snapshot.files.has(name) || snapshot.files.has(encodeURI(name))) return false;
  const tombstone = snapshot.tombstones.get(name) ?? snapshot.tombstones.get(encodeURI(name));
  if (tombstone === undefined) return ageMs > Math.max(orphanMsMin, options.keepMs);
  return options.nowMs - (tombstone.deletionTimestamp ?? 0) > options.keepMs;
}

function isOldCommit(name: string, checkpointVersion: number): boolean {
  const version = new RegExp(`^_delta_log/(\\d{${versionDigits}})\\.`).exec(name)?.[1];
  return version !== undefined && Number(version) < checkpointVersion && name !== commitPath(checkpointVersion);
}

const isString = (value: unknown): boolean => typeof value === 'string';

/** Removes the days of an organization before `before` (the first of a month) from a table; their files go with the next vacuum. */
export async function pruneTable(
  store: Store,
  path: string,
  organizationId: string,
  { before, nowMs, isDryRun }: { readonly before: string; readonly nowMs: number; readonly isDryRun: boolean },
): Promise<Vacuumed> {
  const snapshot = await readSnapshot(store, path);
  // Tables that are replaced as a whole have no months, and nothing in them is old.
  const isOld = (file: AddFile) => isString(file.partitionValues[monthColumn]) && rangeOf(file).to <= before;
  const oldIn = ({ files }: Snapshot): AddFile[] =>
    [...files.values()].filter((file) => isOf(file, organizationId) && isOld(file));
  const old = oldIn(snapshot);
  if (!isDryRun && old.length > 0)
    await commit(store, path, snapshot, {
      operation: 'DELETE',
      parameters: { predicate: `["before ${before}"]` },
      nowMs,
      decide: (latest) => oldIn(latest).map((file) => ({ remove: removeOf(file, nowMs) })),
    });
  return { files: old.length, bytes: old.reduce((total, { size }) => total + size, 0) };
}
