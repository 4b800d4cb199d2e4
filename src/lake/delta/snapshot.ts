import { LakeError } from '../../lib/errors.js';
import type { Store } from '../stores/store.js';
import {
  type Action,
  type AddFile,
  commitPath,
  type Metadata,
  type Protocol,
  parseCommit,
  type RemoveFile,
  type Transaction,
} from './actions.js';
import { readCheckpoint } from './checkpoint-read.js';
import { UnsupportedTableError } from './protocol.js';

/** A version of a table, reconstructed from its log. */
export interface Snapshot {
  /** -1 if the table does not exist yet. */
  readonly version: number;
  /** Version of the checkpoint that was read; -1 without one. */
  readonly checkpointVersion: number;
  readonly protocol?: Protocol;
  readonly metadata?: Metadata;
  readonly files: ReadonlyMap<string, AddFile>;
  readonly tombstones: ReadonlyMap<string, RemoveFile>;
  readonly transactions: ReadonlyMap<string, Transaction>;
}

interface Draft {
  version: number;
  checkpointVersion: number;
  protocol?: Protocol;
  metadata?: Metadata;
  files: Map<string, AddFile>;
  tombstones: Map<string, RemoveFile>;
  transactions: Map<string, Transaction>;
}

const emptyDraft = (): Draft => ({
  version: -1,
  checkpointVersion: -1,
  files: new Map(),
  tombstones: new Map(),
  transactions: new Map(),
});

const commitName = /_delta_log\/(\d{20})\.json$/;
const checkpointName = /_delta_log\/(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet$/;
const newerCheckpointName = /_delta_log\/\d{20}\.checkpoint\.[0-9a-f-]{36}\.(json|parquet)$/;
/** Limit for a log that is extended faster than it is read. */
const commitsPerRefreshMax = 100_000;

/** Reads the newest version of the table at `path`: the newest complete checkpoint, then every commit after it. */
export async function readSnapshot(store: Store, path: string): Promise<Snapshot> {
  const names = (await store.list(`${path}/_delta_log/`)).map((file) => file.path);
  if (names.some((name) => newerCheckpointName.test(name)))
    throw new UnsupportedTableError(
      `Table ${path} has a checkpoint of Delta's version 2, which this program does not read. Export to another address.`,
    );
  const draft = emptyDraft();
  const checkpoint = newestCheckpoint(names);
  if (checkpoint !== undefined) {
    for (const part of checkpoint.parts) applyAll(draft, await readCheckpoint(store, part));
    draft.version = checkpoint.version;
    draft.checkpointVersion = checkpoint.version;
  }
  const versions = names.flatMap((name) => commitName.exec(name)?.[1] ?? []).map(Number);
  await followTo(
    store,
    path,
    draft,
    versions.filter((version) => version > draft.version).sort((a, b) => a - b),
  );
  return draft;
}

/** Reads the commits that others have made since. */
export async function refreshSnapshot(store: Store, path: string, snapshot: Snapshot): Promise<Snapshot> {
  const draft: Draft = {
    ...snapshot,
    files: new Map(snapshot.files),
    tombstones: new Map(snapshot.tombstones),
    transactions: new Map(snapshot.transactions),
  };
  for (let count = 0; count < commitsPerRefreshMax; count += 1) {
    const bytes = await store.read(`${path}/${commitPath(draft.version + 1)}`);
    if (bytes === undefined) return draft;
    applyAll(draft, parseCommit(bytes.toString('utf8')));
    draft.version += 1;
  }
  throw new LakeError(`Table ${path} is written faster than it can be read.`);
}

async function followTo(store: Store, path: string, draft: Draft, versions: readonly number[]): Promise<void> {
  for (const version of versions) {
    if (version !== draft.version + 1)
      throw new LakeError(
        `The log of table ${path} lacks version ${draft.version + 1}. Restore it, or export to another address.`,
      );
    const bytes = await store.read(`${path}/${commitPath(version)}`);
    if (bytes === undefined) throw new LakeError(`Version ${version} of table ${path} is listed but cannot be read.`);
    applyAll(draft, parseCommit(bytes.toString('utf8')));
    draft.version = version;
  }
}

/** Returns the newest complete checkpoint; one that is being written is ignored. */
function newestCheckpoint(names: readonly string[]): { version: number; parts: string[] } | undefined {
  const groups = new Map<string, { version: number; wanted: number; parts: string[] }>();
  for (const name of names) {
    const match = checkpointName.exec(name);
    if (match === null) continue;
    const [, version = '', , wanted] = match;
    const key = `${version} ${wanted ?? 1}`;
    const group = groups.get(key) ?? { version: Number(version), wanted: Number(wanted ?? 1), parts: [] };
    group.parts.push(name);
    groups.set(key, group);
  }
  return [...groups.values()]
    .filter(({ wanted, parts }) => parts.length === wanted)
    .sort((a, b) => b.version - a.version)
    .at(0);
}

function applyAll(draft: Draft, actions: Iterable<Action>): void {
  for (const action of actions) apply(draft, action);
}

function apply(draft: Draft, { add, remove, metaData, protocol, txn }: Action): void {
  if (add) {
    draft.files.set(add.path, add);
    draft.tombstones.delete(add.path);
  } else if (remove) {
    draft.files.delete(remove.path);
    draft.tombstones.set(remove.path, remove);
  } else if (metaData) draft.metadata = metaData;
  else if (protocol) draft.protocol = protocol;
  else if (txn) draft.transactions.set(txn.appId, txn);
}
