import { guardedStore } from '../../lake/stores/guarded-store.js';
import { lakeAddress, openStore } from '../../lake/stores/open-store.js';
import { requireConditionalPuts } from '../../lake/stores/require-conditional-puts.js';
import type { Store } from '../../lake/stores/store.js';
import { secondMs } from '../../lib/interval.js';
import { type CommandContext, timingOf } from '../app/command.js';

const stallMsMax = 60 * secondMs;

export interface OpenedLake {
  readonly address: string;
  readonly store: Store;
}

/**
 * Opens the store of an address within a time limit. With `isWritten`, throws for a store that
 * cannot hold a lake safely.
 */
export async function openLake(context: CommandContext, url: string, isWritten: boolean): Promise<OpenedLake> {
  const address = lakeAddress(url, context.directory);
  const plain = await openStore(address, context.environment);
  const store = guardedStore(plain, { ...timingOf(context), stallMsMax }, context.signal);
  if (isWritten) await requireConditionalPuts(store);
  return { address, store };
}
