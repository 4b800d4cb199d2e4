import type pg from 'pg';
import type { Page, StoreCounts } from '../../model/extraction.js';
import { transactionOn } from '../connection/transaction.js';
import { storeRejects } from '../ledger/dead-letters.js';
import { isLoadConflict } from './conversations.js';
import { type Erasures, erasedReject, noErasures, requireErasures } from './erasures.js';
import { isDataError } from './find-rejected-rows.js';
import { type DatedReject, type LoadBatch, type LoadFacts, loadBatches, type Store } from './loader.js';
import { loaderOf } from './loaders.js';

export type { Store } from './loader.js';

/**
 * Two workers that met on one conversation: the loser loads again, and then waits for others instead of losing. More often than this in a
 * row is a fault, not a coincidence.
 */
const conflictsMax = 10;

export function createStore(pool: pg.Pool, now: () => Date): Store {
  return { pool, partitions: new Set(), intervalRelations: new Map(), now };
}

/** Slice that the rows come from; none when dead letters are retried. */
export interface SliceFacts {
  readonly stream: string;
  readonly sliceId: string | null;
  /** Under which the pages were read. Without them nothing is stored once anybody was erased. */
  readonly erasures?: Erasures;
}

interface Load {
  readonly batches: readonly LoadBatch[];
  readonly rejects: readonly DatedReject[];
}

/**
 * Stores pages in one transaction on `client` and lets `finish` write the checkpoint into the same transaction. When a concurrent loader got
 * to one of the conversations first, everything is rolled back and done again with what it stored in view. Throws ErasuresChangedError
 * when a person was erased since the pages were read.
 */
export async function storePages(
  client: pg.PoolClient,
  store: Store,
  slice: SliceFacts,
  pages: readonly Page[],
  finish: (counts: StoreCounts) => Promise<void>,
): Promise<StoreCounts> {
  const { stream, erasures = noErasures } = slice;
  const facts = { store, stream, now: store.now() };
  let load = await prepareLoad(pages, erasures, facts);
  for (let conflicts = 0; ; conflicts += 1) {
    try {
      return await transactionOn(client, async () => {
        await requireErasures(client, erasures, facts.now);
        const counts = await storeLoad(client, slice, load, { ...facts, meetsOthers: conflicts > 0 });
        await finish(counts);
        return counts;
      });
    } catch (error) {
      const isConflict = isLoadConflict(error) && conflicts < conflictsMax;
      if (isDataError(error)) load = await withoutRefused(client, load, { ...facts, meetsOthers: true }, error);
      else if (!isConflict) throw error;
    }
  }
}

async function prepareLoad(pages: readonly Page[], erasures: Erasures, facts: LoadFacts): Promise<Load> {
  const { eraser } = erasures;
  const batches: LoadBatch[] = [];
  const rejects: DatedReject[] = pages.flatMap(({ asOf, rejects: ofPage }) =>
    ofPage.map((reject) => ({ ...(eraser === undefined ? reject : erasedReject(reject, eraser)), asOf })),
  );
  for (const batch of loadBatches(pages)) {
    const prepared = await loaderOf(batch).prepare(batch, erasures, facts);
    batches.push(prepared.batch);
    rejects.push(...prepared.rejects);
  }
  return { batches, rejects };
}

/** Turns rows that the server rejects into rejects; throws `error` where there are none. */
async function withoutRefused(client: pg.PoolClient, load: Load, facts: LoadFacts, error: Error): Promise<Load> {
  const batches: LoadBatch[] = [];
  const refused: DatedReject[] = [];
  for (const batch of load.batches) {
    const rest = await loaderOf(batch).withoutRefused?.(client, batch, facts);
    batches.push(rest?.batch ?? batch);
    refused.push(...(rest?.rejects ?? []));
  }
  if (refused.length === 0) throw error;
  return { batches, rejects: [...load.rejects, ...refused] };
}

async function storeLoad(
  client: pg.PoolClient,
  { stream, sliceId }: SliceFacts,
  { batches, rejects }: Load,
  facts: LoadFacts,
): Promise<StoreCounts> {
  let records = 0;
  let changedRecords = 0;
  for (const batch of batches) {
    records += batch.rows.length;
    changedRecords += await loaderOf(batch).store(client, batch, facts);
  }
  for (const { asOf, ...reject } of rejects) {
    await storeRejects(client, [reject], { stream, sliceId, asOf, now: facts.now });
  }
  return { records, changedRecords, deadLetters: rejects.length };
}
