/** One loader for each kind of batch. */
import type pg from 'pg';
import type { FlatConversation } from '../../conversation/flatten.js';
import type { IntervalBatch, Reject } from '../../model/extraction.js';
import { intervalSumTables } from '../derived/interval-sums.js';
import { forgetStored } from '../ledger/dead-letters.js';
import { ensurePartitions, startFault } from '../schema/partitions.js';
import { loadConversations } from './conversations.js';
import type { IncomingConversation } from './conversations-merge.js';
import { storeEntities } from './entities.js';
import { erasedEntities } from './erasures.js';
import { findRefused, isDatabaseFault } from './find-rejected-rows.js';
import { storeInterval } from './intervals.js';
import { readIntervalRelation } from './intervals-relation.js';
import type { ConversationLoad, DatedReject, LoadBatch, Loader, LoadFacts, Prepared } from './loader.js';
import { storeSpans } from './status-spans.js';

type Loaders = { readonly [Kind in LoadBatch['kind']]: Loader<Extract<LoadBatch, { kind: Kind }>> };

const loaders: Loaders = {
  // Erased people were taken out before the records were encoded.
  conversations: {
    prepare: (batch, _erasures, facts) => prepareConversations(batch, facts),
    store: storeConversations,
    withoutRefused: withoutRefusedConversations,
  },
  entities: {
    prepare: async (batch, { eraser }) => ({
      batch: eraser === undefined ? batch : { ...erasedEntities(batch, eraser), asOf: batch.asOf },
      rejects: [],
    }),
    store: (client, batch) => storeEntities(client, batch, batch.asOf),
  },
  interval: {
    prepare: async (batch, _erasures, facts) => {
      await prepareInterval(batch, facts);
      return { batch, rejects: [] };
    },
    store: (client, batch, { store }) => {
      const known = store.intervalRelations.get(batch.relation);
      if (known === undefined) throw new Error(`genesys.${batch.relation} was not read before it is written.`);
      return storeInterval(client, known.relation, batch, batch.asOf);
    },
  },
  spans: {
    prepare: async (batch) => ({ batch, rejects: [] }),
    store: (client, batch) => storeSpans(client, batch, batch.asOf),
  },
};

export function loaderOf<Batch extends LoadBatch>(batch: Batch): Loader<Batch> {
  return loaders[batch.kind] as unknown as Loader<Batch>;
}

async function prepareConversations(
  { kind, rows }: ConversationLoad,
  { store, now }: LoadFacts,
): Promise<Prepared<ConversationLoad>> {
  const faults = new Map<IncomingConversation, string>();
  for (const row of rows) {
    const fault = startFault(row.flat.conversationStart, now);
    if (fault !== undefined) faults.set(row, fault);
  }
  const prepared = without({ kind, rows }, faults);
  const starts = prepared.batch.rows.map(({ flat }) => flat.conversationStart);
  await ensurePartitions(store.pool, starts, store.partitions, now);
  return prepared;
}

async function storeConversations(client: pg.PoolClient, { rows }: ConversationLoad, facts: LoadFacts) {
  const { changedRecords } = await loadConversations(client, rows, facts);
  await forgetStored(
    client,
    rows.map(({ flat }) => flat.conversationId),
  );
  return changedRecords;
}

/**
 * One record that the server refuses never fails a page: it becomes a dead letter, and the others are stored. What is wrong with the
 * database fails the page, and nothing becomes a dead letter.
 */
async function withoutRefusedConversations(client: pg.PoolClient, batch: ConversationLoad, facts: LoadFacts) {
  const refused = await findRefused(client, batch.rows, facts);
  if (refused.length === 0 || isDatabaseFault(refused, batch.rows.length)) return undefined;
  return without(batch, new Map(refused.map(({ arrival, reason }) => [arrival, reason])));
}

/** Makes the rows with a reason rejects. */
function without(
  { kind, rows }: ConversationLoad,
  reasons: ReadonlyMap<IncomingConversation, string>,
): Prepared<ConversationLoad> {
  const rejects = [...reasons].map(
    ([{ flat, asOfMs }, reason]): DatedReject => ({ ...rejectOf(flat, reason), asOf: new Date(asOfMs) }),
  );
  return { batch: { kind, rows: rows.filter((row) => !reasons.has(row)) }, rejects };
}

const rejectOf = (flat: FlatConversation, reason: string): Reject => ({
  recordId: flat.conversationId,
  reason,
  record: JSON.stringify(flat.record),
});

/** Reads the relation once, and makes the partitions of the batch's months. */
async function prepareInterval(batch: IntervalBatch, { store, now }: LoadFacts): Promise<void> {
  let known = store.intervalRelations.get(batch.relation);
  if (known === undefined) {
    known = { relation: await readIntervalRelation(store.pool, batch.relation), partitions: new Set() };
    store.intervalRelations.set(batch.relation, known);
  }
  if (!known.relation.isPartitioned) return;
  const { from, to } = batch.interval;
  const starts = [from.getTime(), to.getTime() - 1];
  const tables = [batch.relation, ...intervalSumTables(batch.relation)];
  await ensurePartitions(store.pool, starts, known.partitions, now, tables);
}
