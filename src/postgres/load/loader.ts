/** The parts that loading is made of: one loader for each kind of batch, and what a commit passes to it. */
import type pg from 'pg';
import type { EntityBatch, IntervalBatch, Page, Reject, SpanBatch } from '../../model/extraction.js';
import type { PartitionCache } from '../schema/partitions.js';
import { type IncomingConversation, incomingConversation } from './conversations-merge.js';
import type { Erasures } from './erasures.js';
import type { IntervalRelation } from './intervals-relation.js';

export interface Store {
  readonly pool: pg.Pool;
  readonly partitions: PartitionCache;
  readonly intervalRelations: Map<string, { readonly relation: IntervalRelation; readonly partitions: PartitionCache }>;
  readonly now: () => Date;
}

/** Conversations of all pages of a commit, since few large loads are fast. */
export interface ConversationLoad {
  readonly kind: 'conversations';
  readonly rows: readonly IncomingConversation[];
}

type Dated<Item> = Item & { readonly asOf: Date };

/** A batch with the instant as of which each of its rows is valid. */
export type LoadBatch = ConversationLoad | Dated<EntityBatch> | Dated<IntervalBatch> | Dated<SpanBatch>;
export type DatedReject = Dated<Reject>;

export interface LoadFacts {
  readonly store: Store;
  /** Name of the stream, for `extract.restatements`. */
  readonly stream: string;
  readonly now: Date;
  /** True where an attempt met another loader of the same conversations. */
  readonly meetsOthers?: boolean;
}

/** A batch, and rows of it that became rejects. */
export interface Prepared<Batch> {
  readonly batch: Batch;
  readonly rejects: readonly DatedReject[];
}

export interface Loader<Batch extends LoadBatch> {
  /** Runs before the transaction that stores: takes erased people and what cannot be stored out, and makes partitions. */
  prepare(batch: Batch, erasures: Erasures, facts: LoadFacts): Promise<Prepared<Batch>>;
  /** Stores in the caller's transaction. Returns how many rows are new, changed or gone. */
  store(client: pg.PoolClient, batch: Batch, facts: LoadFacts): Promise<number>;
  /** Takes out the rows that the server rejects, after it has rejected the batch; undefined where that is not about single rows. */
  withoutRefused?(client: pg.PoolClient, batch: Batch, facts: LoadFacts): Promise<Prepared<Batch> | undefined>;
}

/** Returns the batches of the pages in the order in which they are stored: conversations, then the others as they came. */
export function loadBatches(pages: readonly Page[]): LoadBatch[] {
  const rows: IncomingConversation[] = [];
  const others: LoadBatch[] = [];
  for (const { asOf, batches } of pages) {
    for (const batch of batches) {
      if (batch.kind !== 'conversations') others.push({ ...batch, asOf });
      else for (const flat of batch.conversations) rows.push(incomingConversation(flat, asOf));
    }
  }
  return rows.length === 0 ? others : [{ kind: 'conversations', rows }, ...others];
}
