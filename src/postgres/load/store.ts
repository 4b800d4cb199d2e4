import type pg from 'pg';
import type { FlatConversation } from '../../conversation/flatten.js';
import type { Batch, Page, Reject, StoreCounts } from '../../model/extraction.js';
import { transactionOn } from '../connection/transaction.js';
import { intervalSumTables } from '../derived/interval-sums.js';
import { forgetStored, storeRejects } from '../ledger/dead-letters.js';
import { ensurePartitions, type PartitionCache, startFault } from '../schema/partitions.js';
import { isLoadConflict, loadConversations } from './conversations.js';
import { storeEntities } from './entities.js';
import { type ErasureCache, erasedEntities, erasedFlat, erasedReject, loadErasures, noErasures } from './erasures.js';
import { findRefused, isDatabaseFault, isDataError } from './find-rejected-rows.js';
import { storeInterval } from './intervals.js';
import { type IntervalRelation, readIntervalRelation } from './intervals-relation.js';
import { storeSpans } from './status-spans.js';

/** Two workers that met on one conversation: the loser reads again. More often than this in a row is a fault, not a coincidence. */
const conflictsMax = 10;

export interface Store {
  readonly pool: pg.Pool;
  readonly partitions: PartitionCache;
  readonly intervalRelations: Map<string, { readonly relation: IntervalRelation; readonly partitions: PartitionCache }>;
  readonly erasures: ErasureCache;
  readonly now: () => Date;
}

export function createStore(pool: pg.Pool, now: () => Date): Store {
  return { pool, partitions: new Set(), intervalRelations: new Map(), erasures: noErasures(), now };
}

/** Slice that the rows come from; none when dead letters are retried. */
export interface SliceFacts {
  readonly stream: string;
  readonly sliceId: string | null;
}

interface Load {
  readonly conversations: readonly FlatConversation[];
  /** One for each conversation. */
  readonly asOf: readonly Date[];
  /** Directory listings, interval facts and spans, in the order in which they came. */
  readonly others: readonly { readonly batch: Exclude<Batch, { kind: 'conversations' }>; readonly asOf: Date }[];
  readonly rejects: readonly { readonly reject: Reject; readonly asOf: Date }[];
}

/**
 * Stores pages in one transaction on `client` and lets `finish` write the checkpoint into the same transaction. When a concurrent loader got
 * to one of the conversations first, everything is rolled back and done again with what it stored in view.
 */
export async function storePages(
  client: pg.PoolClient,
  store: Store,
  slice: SliceFacts,
  pages: readonly Page[],
  finish: (counts: StoreCounts) => Promise<void>,
): Promise<StoreCounts> {
  let load = collectBatches(pages, store.now());
  await ensurePartitions(
    store.pool,
    load.conversations.map((flat) => flat.conversationStart),
    store.partitions,
    store.now(),
  );
  for (const { batch } of load.others) if (batch.kind === 'interval') await prepareInterval(store, batch);
  for (let conflicts = 0; ; conflicts += 1) {
    try {
      return await transactionOn(client, async () => {
        const counts = await storeLoad(client, store, slice, await applyErasures(client, store, load));
        await finish(counts);
        return counts;
      });
    } catch (error) {
      const isConflict = isLoadConflict(error) && conflicts < conflictsMax;
      if (isDataError(error)) load = await withoutRefused(client, store, slice, load, error);
      else if (!isConflict) throw error;
    }
  }
}

/**
 * One record that the server refuses never fails a page: it becomes a dead letter, and the others are stored. What is wrong with the
 * database fails the page, and nothing becomes a dead letter.
 */
async function withoutRefused(
  client: pg.PoolClient,
  store: Store,
  { stream }: SliceFacts,
  load: Load,
  error: Error,
): Promise<Load> {
  const refused = await findRefused(client, load.conversations, { stream, now: store.now() });
  if (refused.length === 0 || isDatabaseFault(refused, load.conversations.length)) throw error;
  const reasons = new Map(refused.map(({ flat, reason }) => [flat, reason]));
  const kept = load.conversations.map((flat) => !reasons.has(flat));
  return {
    ...load,
    conversations: load.conversations.filter((_, index) => kept[index]),
    asOf: load.asOf.filter((_, index) => kept[index]),
    rejects: [
      ...load.rejects,
      ...load.conversations.flatMap((flat, index) => {
        const reason = reasons.get(flat);
        return reason === undefined ? [] : [{ reject: rejectOf(flat, reason), asOf: load.asOf[index] as Date }];
      }),
    ],
  };
}

function collectBatches(pages: readonly Page[], now: Date): Load {
  const conversations: FlatConversation[] = [];
  const times: Date[] = [];
  const others: Load['others'][number][] = [];
  const rejects: Load['rejects'][number][] = [];
  for (const { asOf, batches, rejects: pageRejects } of pages) {
    for (const reject of pageRejects) rejects.push({ reject, asOf });
    for (const batch of batches) {
      if (batch.kind !== 'conversations') {
        others.push({ batch, asOf });
        continue;
      }
      for (const flat of batch.conversations) {
        const fault = startFault(flat.conversationStart, now);
        if (fault !== undefined) rejects.push({ reject: rejectOf(flat, fault), asOf });
        else {
          conversations.push(flat);
          times.push(asOf);
        }
      }
    }
  }
  return { conversations, asOf: times, others, rejects };
}

const rejectOf = (flat: FlatConversation, reason: string): Reject => ({
  recordId: flat.conversationId,
  reason,
  record: JSON.stringify(flat.record),
});

/** The load without people who were erased. */
async function applyErasures(client: pg.PoolClient, store: Store, load: Load): Promise<Load> {
  const eraser = await loadErasures(client, store.erasures);
  if (eraser === undefined) return load;
  return {
    ...load,
    conversations: load.conversations.map((flat) => erasedFlat(flat, eraser)),
    others: load.others.map(({ batch, asOf }) => ({
      batch: batch.kind === 'entities' ? erasedEntities(batch, eraser) : batch,
      asOf,
    })),
    rejects: load.rejects.map(({ reject, asOf }) => ({ reject: erasedReject(reject, eraser), asOf })),
  };
}

async function storeLoad(client: pg.PoolClient, store: Store, slice: SliceFacts, load: Load): Promise<StoreCounts> {
  const { stream, sliceId } = slice;
  let records = load.conversations.length;
  let changedRecords = 0;
  if (load.conversations.length > 0) {
    const counts = await loadConversations(client, load.conversations, { asOf: load.asOf, stream, now: store.now() });
    changedRecords += counts.changedRecords;
    await forgetStored(
      client,
      load.conversations.map((flat) => flat.conversationId),
    );
  }
  for (const { batch, asOf } of load.others) {
    records += batch.rows.length;
    changedRecords += await storeOther(client, store, batch, asOf);
  }
  for (const { reject, asOf } of load.rejects) {
    await storeRejects(client, [reject], { stream, sliceId, asOf, now: store.now() });
  }
  return { records, changedRecords, deadLetters: load.rejects.length };
}

async function storeOther(
  client: pg.PoolClient,
  store: Store,
  batch: Exclude<Batch, { kind: 'conversations' }>,
  asOf: Date,
): Promise<number> {
  if (batch.kind === 'entities') return storeEntities(client, batch, asOf);
  if (batch.kind === 'spans') return storeSpans(client, batch, asOf);
  const known = store.intervalRelations.get(batch.relation);
  if (known === undefined) throw new Error(`genesys.${batch.relation} was not read before it is written.`);
  return storeInterval(client, known.relation, batch, asOf);
}

/** Outside the transaction that loads: reads the relation once and makes the partitions of the batch's months. */
async function prepareInterval(store: Store, batch: Extract<Batch, { kind: 'interval' }>): Promise<void> {
  let known = store.intervalRelations.get(batch.relation);
  if (known === undefined) {
    known = { relation: await readIntervalRelation(store.pool, batch.relation), partitions: new Set() };
    store.intervalRelations.set(batch.relation, known);
  }
  if (!known.relation.isPartitioned) return;
  const { from, to } = batch.interval;
  const starts = [from.getTime(), to.getTime() - 1];
  const tables = [batch.relation, ...intervalSumTables(batch.relation)];
  await ensurePartitions(store.pool, starts, known.partitions, store.now(), tables);
}
