import { randomUUID } from 'node:crypto';
import { LakeError } from '../../lib/errors.js';
import { version as programVersion } from '../../lib/version.js';
import { type Store, StoreError } from '../stores/store.js';
import { type Action, commitPath, commitText, parseCommit } from './actions.js';
import { requireWritable } from './protocol.js';
import { refreshSnapshot, type Snapshot } from './snapshot.js';

/** Limit of consecutive lost attempts, which happen only against a program that commits without pause. */
const attemptsMax = 100;

export interface CommitOptions {
  readonly operation: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly nowMs: number;
  /**
   * Called again for each version that others have committed meanwhile; an empty result means that
   * nothing is left to commit.
   */
  readonly decide: (snapshot: Snapshot) => readonly Action[];
}

/**
 * Commits the actions that `decide` returns for the newest version as the next version, created
 * exclusively. Returns the new version, or the newest one if nothing was left to do. Throws a
 * StoreError if the store accepts a commit but does not keep it.
 */
export async function commit(
  store: Store,
  path: string,
  snapshot: Snapshot,
  options: CommitOptions,
): Promise<Snapshot> {
  const txnId = randomUUID();
  let latest = snapshot;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    if (latest.protocol && latest.metadata) requireWritable(path, latest.protocol, latest.metadata);
    const actions = options.decide(latest);
    if (actions.length === 0) return latest;
    const name = `${path}/${commitPath(latest.version + 1)}`;
    const text = commitText([{ commitInfo: commitInfo(options, txnId) }, ...actions]);
    const answer = await store.putIfAbsent(name, Buffer.from(text));
    const isOurs = await holds(store, name, txnId);
    if (answer === 'created' && !isOurs)
      throw new StoreError(
        `${store.address} accepted ${name} and then returned other content. Use a store with conditional puts and consistent reads.`,
      );
    latest = await refreshSnapshot(store, path, latest);
    if (isOurs) return latest;
  }
  throw new LakeError(
    `Table ${path} was changed by others ${attemptsMax} times in a row. Export again when they have finished.`,
  );
}

/** Returns true for this writer's own commit: after a lost response it differs from another writer's only by its id. */
async function holds(store: Store, name: string, txnId: string): Promise<boolean> {
  const bytes = await store.read(name);
  return (
    bytes !== undefined && parseCommit(bytes.toString('utf8')).some(({ commitInfo: info }) => info?.txnId === txnId)
  );
}

function commitInfo({ operation, parameters = {}, nowMs }: CommitOptions, txnId: string) {
  const engineInfo = `genesys-warehouse/${programVersion}`;
  return { timestamp: nowMs, operation, operationParameters: parameters, engineInfo, txnId };
}
