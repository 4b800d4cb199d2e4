/** Reads the input of plans and writes plans: the ledger's side of `engine/plan.ts`. */
import { sql } from 'kysely';
import type pg from 'pg';
import { earlier, type Interval } from '../../lib/interval.js';
import type { Plan, PlannedRanges, PlannedSlice } from '../../model/extraction.js';
import { type Db, kyselyOnClient } from '../connection/kysely.js';
import { lockRows } from '../connection/locks.js';
import { inTransaction } from '../connection/transaction.js';
import { sweepClaims } from './claims.js';
import { reassignStreamDeadLetters } from './dead-letters.js';
import { mergeSlices } from './merge-slices.js';
import { settleCovered } from './settle-covered.js';

/** Neighbouring slices are merged, so that years of history are a handful of ranges. */
const rangesText = `
  select 'planned' as kind, lower(stretch) as "from", upper(stretch) as "to"
  from (
      select unnest(range_agg(tstzrange(slice_from, slice_to))) as stretch
      from extract.slices
      where stream = $1
  ) as stretches
  union all
  select 'pruned', pruned_from, pruned_to from extract.pruned where stream = $1
  union all
  select 'schedule', scheduled_from, 'infinity' from extract.streams where stream = $1 and scheduled_from is not null
  order by 1, 2`;

/** Implements `Ledger.plannedRanges` with one statement, so that the result is consistent. */
export async function readPlannedRanges(pool: pg.Pool, stream: string): Promise<PlannedRanges> {
  const { rows } = await pool.query<Interval & { kind: string }>(rangesText, [stream]);
  const ofKind = (kind: string) => rows.filter((row) => row.kind === kind).map(({ from, to }) => ({ from, to }));
  return {
    scheduledFrom: ofKind('schedule')[0]?.from ?? null,
    planned: ofKind('planned'),
    pruned: ofKind('pruned'),
  };
}

/** Implements `Ledger.plan`. One planner of a stream writes at a time. */
export async function writePlan(pool: pg.Pool, plan: Plan): Promise<number> {
  const { stream, now } = plan;
  return inTransaction(pool, async (client) => {
    await lockRows(client, 'plans', [stream.name]);
    if (plan.isSchedule) {
      await sweepClaims(client);
      await mergeSlices(client, stream, now);
    }
    if (stream.coveredBy !== undefined) await settleCovered(client, stream.name, stream.coveredBy, now);
    if (plan.scheduledFrom !== null) await rememberScheduledFrom(client, stream.name, plan.scheduledFrom);
    const added = await insertPlanned(client, plan);
    const [sliceId] = added;
    if (stream.kind === 'snapshot' && sliceId !== undefined) await supersedeSnapshots(client, plan, sliceId);
    return added.length;
  });
}

/** Stores the earliest start; after a concurrent prune, the start is the end of the pruned range. */
async function rememberScheduledFrom(client: pg.ClientBase, stream: string, from: Date): Promise<void> {
  await client.query(
    `insert into extract.streams (stream, scheduled_from)
     select $1, greatest($2::timestamptz, (select max(pruned_to) from extract.pruned where stream = $1))
     on conflict (stream) do update set scheduled_from = least(streams.scheduled_from, excluded.scheduled_from)`,
    [stream, from],
  );
}

/**
 * Inserts the slices that overlap nothing; returns their ids. Slices of a stream never overlap, so
 * it suffices to check the last one that begins before a range ends: one index probe per slice.
 */
async function insertPlanned(client: pg.ClientBase, { stream, now, slices }: Plan): Promise<string[]> {
  if (slices.length === 0) return [];
  const { rows } = await client.query<{ id: string }>(
    `insert into extract.slices (stream, priority, slice_from, slice_to, due_at, requested_at)
     select $1, $2, wanted_from, wanted_to, due_at, $3
     from unnest($4::timestamptz[], $5::timestamptz[], $6::timestamptz[]) as wanted (wanted_from, wanted_to, due_at)
     where not exists (
         select from extract.pruned where stream = $1 and pruned_from < wanted_to and pruned_to > wanted_from
     )
     and not coalesce((
         select slice_to > wanted_from from extract.slices
         where stream = $1 and slice_from < wanted_to
         order by slice_from desc
         limit 1
     ), false)
     on conflict (stream, slice_from) do nothing
     returning slice_id::text as id`,
    [stream.name, stream.priority, now, ...columnsOf(slices)],
  );
  return rows.map(({ id }) => id);
}

function columnsOf(slices: readonly PlannedSlice[]): [Date[], Date[], Date[]] {
  return [
    slices.map(({ interval }) => interval.from),
    slices.map(({ interval }) => interval.to),
    slices.map(({ dueAt }) => dueAt),
  ];
}

/**
 * Ends earlier snapshots that are still pending; the new one inherits their dead letters and the
 * time since which they have been pending.
 */
async function supersedeSnapshots(client: pg.PoolClient, { stream, now }: Plan, sliceId: string): Promise<void> {
  const db = kyselyOnClient(client);
  const superseded = await endPending(db, stream.name, sliceId);
  const requestedAt = superseded.reduce((earliest, row) => earlier(earliest, row.requested_at), now);
  await db.updateTable('extract.slices').set({ requested_at: requestedAt }).where('slice_id', '=', sliceId).execute();
  await reassignStreamDeadLetters(client, stream.name, sliceId);
}

function endPending(db: Db, stream: string, exceptSliceId: string) {
  return db
    .updateTable('extract.slices')
    .set({ due_at: null, retry_at: null, cursor: null, attempts: 0, last_error: null, last_error_at: null })
    .where('stream', '=', stream)
    .where('slice_id', '<>', exceptSliceId)
    .where((where) => where.or([where('due_at', 'is not', null), where(sql`attempts`, '>', 0)]))
    .returning('requested_at')
    .execute();
}
