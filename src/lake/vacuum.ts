import pLimit from 'p-limit';
import { dayMs } from '../lib/interval.js';
import { type AddFile, parseCommit } from './delta/actions.js';
import { writeCheckpoint } from './delta/checkpoint-write.js';
import { commit } from './delta/commit.js';
import { requireWritable } from './delta/protocol.js';
import { monthColumn } from './delta/schema.js';
import { readSnapshot, type Snapshot } from './delta/snapshot.js';
import { isOf, rangeOf } from './delta/units.js';
import { removeOf, tombstoneDays } from './export-table.js';
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
const logMsMin = 30 * dayMs;
const readsAtOnce = 8;
const commitName = /^_delta_log\/(\d{20})\.json$/;

/** Deletes files that no version within the kept time reads any more, and old commits, which a checkpoint replaces. */
export async function vacuumTable(store: Store, path: string, options: VacuumOptions): Promise<Vacuumed> {
  const snapshot = await readSnapshot(store, path);
  if (snapshot.protocol && snapshot.metadata) requireWritable(path, snapshot.protocol, snapshot.metadata);
  const files = (await store.list(`${path}/`)).map((file) => ({ ...file, name: file.path.slice(path.length + 1) }));
  const state = {
    live: new Set([...snapshot.files.keys()].map(decoded)),
    deletedMs: await deletionTimes(store, snapshot, files, options),
    checkpointVersion: await replaceOldCommits(store, path, snapshot, files, options),
  };
  const old = files.filter((file) => isOld(file, state, options));
  if (!options.isDryRun) for (const file of old) await store.delete(file.path);
  return { files: old.length, bytes: old.reduce((total, { size }) => total + size, 0) };
}

interface NamedFile extends StoredFile {
  /** Path below the table. */
  readonly name: string;
}

interface State {
  readonly live: ReadonlySet<string>;
  /** Times at which files were removed from the table, by name. */
  readonly deletedMs: ReadonlyMap<string, number>;
  readonly checkpointVersion: number;
}

/** Paths are percent-encoded in the log, names of files are not. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const logMs = ({ keepMs }: VacuumOptions): number => Math.max(logMsMin, keepMs);

/** Checkpoints list removed files for some days; for a longer time, the commits themselves say when a file was removed. */
async function deletionTimes(
  store: Store,
  snapshot: Snapshot,
  files: readonly NamedFile[],
  { keepMs, nowMs }: VacuumOptions,
): Promise<Map<string, number>> {
  const isNeeded = keepMs > tombstoneDays * dayMs;
  const commits = files.filter((file) => isNeeded && commitName.test(file.name) && nowMs - file.modifiedMs <= keepMs);
  const limit = pLimit(readsAtOnce);
  const removals = async ({ path }: NamedFile) =>
    parseCommit((await store.read(path))?.toString('utf8') ?? '').flatMap(({ remove }) => remove ?? []);
  const removed = await Promise.all(commits.map((file) => limit(() => removals(file))));
  return new Map(
    [...removed.flat(), ...snapshot.tombstones.values()].map((file) => [
      decoded(file.path),
      file.deletionTimestamp ?? 0,
    ]),
  );
}

/** Writes a checkpoint where commits older than their kept time have none, so that they can be deleted; returns the version of the newest one. */
async function replaceOldCommits(
  store: Store,
  path: string,
  snapshot: Snapshot,
  files: readonly NamedFile[],
  options: VacuumOptions,
): Promise<number> {
  const isDue = files.some(({ name, modifiedMs }) => {
    const version = Number(commitName.exec(name)?.[1] ?? snapshot.version);
    const isReplaceable = version >= snapshot.checkpointVersion && version < snapshot.version;
    return isReplaceable && options.nowMs - modifiedMs > logMs(options);
  });
  if (!isDue || options.isDryRun) return snapshot.checkpointVersion;
  await writeCheckpoint(store, path, snapshot, { tombstonesSinceMs: options.nowMs - tombstoneDays * dayMs });
  return snapshot.version;
}

function isOld({ name, modifiedMs }: NamedFile, state: State, options: VacuumOptions): boolean {
  const ageMs = options.nowMs - modifiedMs;
  if (name.startsWith('_delta_log/')) return isOldCommit(name, state.checkpointVersion) && ageMs > logMs(options);
  // By the protocol, names with these prefixes belong to others.
  if (name.startsWith('_') || name.startsWith('.')) return false;
  if (state.live.has(name)) return false;
  const deletedMs = state.deletedMs.get(name);
  if (deletedMs === undefined) return ageMs > Math.max(orphanMsMin, options.keepMs);
  return options.nowMs - deletedMs > options.keepMs;
}

function isOldCommit(name: string, checkpointVersion: number): boolean {
  const version = /^_delta_log\/(\d{20})\./.exec(name)?.[1];
  return version !== undefined && Number(version) < checkpointVersion;
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
