/** Removes old months: partitions as a whole, the rest in portions. Each step commits separately, and all of them may be repeated. */
import type pg from 'pg';
import { transactionOn } from '../connection/transaction.js';
import { rememberPruned } from '../ledger/pruned.js';
import { fillDimensionTables } from '../schema/dimension-tables.js';
import { type LockPatience, lockRetryPolicy, withLockRetries } from '../schema/lock-wait.js';

export interface PrunedRelation {
  readonly relation: string;
  readonly partitions: number;
  readonly bytes: number;
  /** Rows that were or would be deleted one by one; rows of dropped partitions are not counted. */
  readonly rows: number;
}

export interface PruneOptions {
  /** Midnight UTC at the first of a month. */
  readonly before: Date;
  readonly isDryRun: boolean;
  readonly now: Date;
  readonly patience?: LockPatience;
  readonly signal?: AbortSignal;
}

interface Partition {
  readonly parent: string;
  readonly name: string;
  readonly month: string;
  readonly bytes: number;
}

const rowsPerDelete = 20_000;
const deletesMax = 1_000_000;

/** Selects old rows outside partitions, by relation. `$1` is the instant before which everything is removed. */
const oldRows: Readonly<Record<string, string>> = {
  'extract.restatement_figures':
    'restatement_id in (select restatement_id from extract.restatements where conversation_start < $1)',
  'extract.restatements': 'conversation_start < $1',
  'extract.interval_restatements': 'interval_start < $1',
  'extract.reconciliation_differences': 'interval_start < $1',
  'extract.reconciliations': 'interval_end <= $1',
  'extract.dead_letters': `slice_id in (select slice_id from extract.slices where slice_to <= $1)
      or (slice_id is null and as_of < $1) or (record_id in (select conversation_id::text from extract.stored_conversations where conversation_start < $1))`,
  'extract.slices': 'slice_to <= $1',
  'extract.interval_pulls': 'pulled_to <= $1',
  'extract.stored_conversations': 'conversation_start < $1',
  'extract.status_days': `day < ($1::timestamptz at time zone 'UTC')::date`,
  'genesys.user_presences': 'end_time <= $1',
  'genesys.user_routing_statuses': 'end_time <= $1',
  'genesys.queue_observations': 'interval_start < $1',
  'genesys.queue_day_sums': 'day < $1::date',
  'genesys.agent_handling_day_sums': 'day < $1::date',
  'genesys.agent_status_day_sums': 'day < $1::date',
  'wrapup.surveys': 'answered_at < $1',
  'wrapup.assignments': `started_at < $1 and state not in ('proposed', 'sent')`,
};

/** Returns what was removed, or would be. Marks the range as pruned first, so that no schedule pulls it again meanwhile. */
export async function prune(client: pg.PoolClient, options: PruneOptions): Promise<PrunedRelation[]> {
  const { before, isDryRun, now } = options;
  const partitions = await oldPartitions(client, before);
  if (!isDryRun) {
    await transactionOn(client, () => rememberPruned(client, before, now));
    for (const month of new Set(partitions.map((each) => each.month))) {
      options.signal?.throwIfAborted();
      await dropMonth(
        client,
        partitions.filter((each) => each.month === month),
        options.patience ?? lockRetryPolicy,
      );
    }
  }
  const pruned = partitionTotals(partitions);
  for (const [relation, where] of Object.entries(oldRows)) {
    const rows = isDryRun
      ? await countRows(client, relation, where, before)
      : await deleteRows(client, relation, where, options);
    if (rows > 0) pruned.push({ relation, partitions: 0, bytes: 0, rows });
  }
  if (!isDryRun) await transactionOn(client, () => fillDimensionTables(client));
  return pruned;
}

/** Returns the monthly partitions, recognized by their names, that end before the instant; oldest first. */
async function oldPartitions(client: pg.ClientBase, before: Date): Promise<Partition[]> {
  const { rows } = await client.query<Partition>(
    `select inhparent::regclass::text as parent, inhrelid::regclass::text as name, right(child.relname, 8) as month,
         pg_total_relation_size(inhrelid)::float8 as bytes
     from pg_inherits join pg_class as child on child.oid = inhrelid
     where child.relnamespace = 'genesys'::regnamespace and child.relkind = 'r' and child.relname ~ '_y\\d{4}m\\d{2}$'
         and right(child.relname, 8) < to_char($1::timestamptz at time zone 'UTC', '"y"YYYY"m"MM')
     order by month, name`,
    [before],
  );
  return rows;
}

/**
 * Drops one month at once, so that no report sees sessions without their conversations. The locks
 * are short, because nothing is read.
 */
async function dropMonth(
  client: pg.PoolClient,
  partitions: readonly Partition[],
  patience: LockPatience,
): Promise<void> {
  const month = partitions[0]?.month ?? '';
  await withLockRetries(
    client,
    `The month ${month.slice(1, 5)}-${month.slice(6)} cannot be dropped`,
    (budget) =>
      transactionOn(client, async () => {
        for (const { name } of partitions) {
          await budget.renew();
          await client.query(`drop table if exists ${name}`);
        }
      }),
    patience,
  );
}

function partitionTotals(partitions: readonly Partition[]): PrunedRelation[] {
  const totals = new Map<string, PrunedRelation>();
  for (const { parent, bytes } of partitions) {
    const before = totals.get(parent) ?? { relation: parent, partitions: 0, bytes: 0, rows: 0 };
    totals.set(parent, { ...before, partitions: before.partitions + 1, bytes: before.bytes + bytes });
  }
  return [...totals.values()].sort((a, b) => b.bytes - a.bytes);
}

async function countRows(client: pg.ClientBase, relation: string, where: string, before: Date): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::float8 as count from ${relation} where ${where}`,
    [before],
  );
  return rows[0]?.count ?? 0;
}

async function deleteRows(
  client: pg.ClientBase,
  relation: string,
  where: string,
  { before, signal }: PruneOptions,
): Promise<number> {
  let deleted = 0;
  for (let portions = 0; portions < deletesMax; portions += 1) {
    signal?.throwIfAborted();
    const { rowCount } = await client.query(
      `delete from ${relation} where ctid = any(array(select ctid from ${relation} where ${where} limit ${rowsPerDelete}))`,
      [before],
    );
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < rowsPerDelete) break;
  }
  return deleted;
}
