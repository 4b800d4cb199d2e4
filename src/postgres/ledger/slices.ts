import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type pg from 'pg';
import { earlier, type Interval, later } from '../../lib/interval.js';
import type { ClaimOptions, Json, Plan, Slice, Stream } from '../../model/extraction.js';
import { type Db, kyselyOnClient, kyselyOnPool } from '../connection/kysely.js';
import { lockRows } from '../connection/locks.js';
import { inTransaction } from '../connection/transaction.js';
import { claimedSlices, dropClaim, sweepClaims, takeClaims } from './claims.js';
import { reassignStreamDeadLetters } from './dead-letters.js';
import { mergeSlices } from './merge-slices.js';
import { prunedIntervals } from './pruned.js';
import { settleCovered } from './settle-covered.js';

const candidatesMax = 64;
const insertRowsMax = 5_000;

/** Describes `extract.slices.cursor`: the stream's own cursor and the instant as of which the pass in progress is valid. */
export interface StoredCursor {
  readonly at: Json;
  readonly asOf: string;
}

export interface ClaimedSlice {
  readonly slice: Slice;
  /** As-of instant of the pass in progress; null before it begins. */
  readonly asOf: Date | null;
  readonly claimId: string;
}

/** Adds the slices that a stream lacks; returns how many. */
export async function planSlices(pool: pg.Pool, plan: Plan): Promise<number> {
  const { stream, now } = plan;
  return inTransaction(pool, async (client) => {
    await lockRows(client, 'plans', [stream.name]);
    const db = kyselyOnClient(client);
    if (plan.isSchedule) {
      await sweepClaims(client);
      await mergeSlices(client, stream, now);
    }
    if (stream.coveredBy !== undefined) await settleCovered(client, stream.name, stream.coveredBy, now);
    const known = await scheduledFrom(db, stream.name);
    const target = plan.targetRange(known);
    if (target === null) return 0;
    // Pruned ranges need no slices, like ranges that the ledger already covers.
    const pruned = await prunedIntervals(client, stream.name);
    const proposed = plan.missingSlices(target, [...pruned, ...(await plannedIntervals(db, stream.name))]);
    if (plan.isSchedule && stream.kind !== 'snapshot') {
      // Also what a backfill entered before is asked for from now on; before the end of what was pruned there may be holes.
      const from = pruned.reduce((latest, { to }) => later(latest, to), target.from);
      if (from < target.to && (known === null || from < known)) await rememberScheduledFrom(db, stream.name, from);
    }
    const first = proposed[0];
    if (first === undefined) return 0;
    if (stream.kind === 'snapshot') await planSnapshot(client, db, plan, first);
    else await insertSlices(db, stream, proposed, plan.dueAt, { pass: 0, requestedAt: now });
    return proposed.length;
  });
}

async function scheduledFrom(db: Db, stream: string): Promise<Date | null> {
  const row = await db
    .selectFrom('extract.streams')
    .select('scheduled_from')
    .where('stream', '=', stream)
    .executeTakeFirst();
  return row?.scheduled_from ?? null;
}

async function rememberScheduledFrom(db: Db, stream: string, from: Date): Promise<void> {
  await db
    .insertInto('extract.streams')
    .values({ stream, scheduled_from: from })
    .onConflict((conflict) =>
      conflict
        .column('stream')
        .doUpdateSet({ scheduled_from: sql`least(streams.scheduled_from, excluded.scheduled_from)` }),
    )
    .execute();
}

/** Neighbouring slices are merged, so that years of history are a handful of intervals. */
async function plannedIntervals(db: Db, stream: string): Promise<Interval[]> {
  const { rows } = await sql<{ from: Date; to: Date }>`
    select lower(stretch) as "from", upper(stretch) as "to"
    from (
        select unnest(range_agg(tstzrange(slice_from, slice_to))) as stretch
        from extract.slices
        where stream = ${stream}
    ) as stretches
    order by 1`.execute(db);
  return rows;
}

/** Plans a snapshot. It replaces earlier ones that are still pending, and inherits their dead letters and the time since when they are. */
async function planSnapshot(
  client: pg.PoolClient,
  db: Db,
  { stream, now, dueAt }: Plan,
  period: Interval,
): Promise<void> {
  const superseded = await db
    .updateTable('extract.slices')
    .set({ due_at: null, retry_at: null, cursor: null, attempts: 0, last_error: null, last_error_at: null })
    .where('stream', '=', stream.name)
    .where((where) => where.or([where('due_at', 'is not', null), where('attempts', '>', 0)]))
    .returning('requested_at')
    .execute();
  const requestedAt = superseded.reduce((earliest, row) => earlier(earliest, row.requested_at), now);
  const [sliceId] = await insertSlices(db, stream, [period], dueAt, { pass: 0, requestedAt });
  if (sliceId !== undefined) await reassignStreamDeadLetters(client, stream.name, sliceId);
}

/** Returns the ids, in the order of the intervals. */
export async function insertSlices(
  db: Db,
  stream: Pick<Stream, 'name' | 'priority'>,
  intervals: readonly Interval[],
  dueAt: (interval: Interval) => Date,
  { pass, requestedAt }: { readonly pass: number; readonly requestedAt: Date },
): Promise<string[]> {
  const sliceIds: string[] = [];
  for (let from = 0; from < intervals.length; from += insertRowsMax) {
    const rows = intervals.slice(from, from + insertRowsMax).map((interval) => ({
      stream: stream.name,
      priority: stream.priority,
      slice_from: interval.from,
      slice_to: interval.to,
      pass,
      due_at: dueAt(interval),
      requested_at: requestedAt,
      cursor: null,
    }));
    const added = await db.insertInto('extract.slices').values(rows).returning('slice_id').execute();
    for (const row of added) sliceIds.push(String(row.slice_id));
  }
  return sliceIds;
}

/** See `Ledger.markDue`. */
export async function markDue(pool: pg.Pool, stream: string, range: Interval, now: Date): Promise<number> {
  const { rowCount } = await pool.query(
    `update extract.slices set due_at = $4, retry_at = null, cursor = null
     where stream = $1 and slice_from < $3 and slice_to > $2 and (due_at is null or due_at > $4)`,
    [stream, range.from, range.to, now],
  );
  return rowCount ?? 0;
}

/**
 * Claims the most urgent due slice that nobody holds, or returns null: live ones first, then by the streams' turns. The claim ends with
 * the connection `client`.
 */
export async function claimSlice(client: pg.PoolClient, options: ClaimOptions): Promise<ClaimedSlice | null> {
  const db = kyselyOnClient(client);
  for (const sliceId of await candidates(db, options)) {
    const claimId = randomUUID();
    if ((await takeClaims(client, [sliceId], claimId)).length === 0) continue;
    // The previous owner may have finished the slice a moment ago: claim only what is still due.
    const claimed = await readDueSlice(db, sliceId, claimId, options);
    if (claimed !== null) return claimed;
    await dropClaim(client, claimId);
  }
  return null;
}

function dueSlices(db: Db, options: ClaimOptions) {
  let query = db
    .selectFrom('extract.slices')
    .where('stream', 'in', [...options.streams])
    .where('due_at', '<=', options.now)
    .where((where) => {
      const ready = where.or([where('retry_at', 'is', null), where('retry_at', '<=', options.now)]);
      if (options.retryFailedBefore === undefined) return ready;
      return where.or([
        ready,
        where.and([where('attempts', '>', 0), where('last_attempt_at', '<', options.retryFailedBefore)]),
      ]);
    });
  if (options.isLiveOnly) query = query.where('slice_to', '>', options.liveAfter);
  if (options.within !== undefined) {
    query = query.where('slice_from', '>=', options.within.from).where('slice_to', '<=', options.within.to);
  }
  return query;
}

const hasLiveClaim = sql<boolean>`slice_id in ${sql.raw(claimedSlices)}`;

/** Implements `Ledger.isClaimed`. */
export async function isClaimed(pool: pg.Pool, stream: string): Promise<boolean> {
  const db = kyselyOnPool(pool);
  const held = db.selectFrom('extract.slices').select('slice_id').where('stream', '=', stream).where(hasLiveClaim);
  return (await held.limit(1).execute()).length > 0;
}

async function candidates(db: Db, options: ClaimOptions): Promise<string[]> {
  const rows = await dueSlices(db, options)
    .select('slice_id')
    // Excludes claimed slices before the limit applies, so that a busy head of the list cannot hide free slices.
    .where(sql<boolean>`not ${hasLiveClaim}`)
    .orderBy(sql`slice_to > ${options.liveAfter}`, 'desc')
    .orderBy(sql`case when slice_to > ${options.liveAfter} then priority end`)
    .orderBy(sql`array_position(${[...options.streams]}::text[], stream)`)
    .orderBy(sql`(cursor is null)`)
    .orderBy('slice_to', 'desc')
    .limit(candidatesMax)
    .execute();
  return rows.map((row) => row.slice_id);
}

async function readDueSlice(
  db: Db,
  sliceId: string,
  claimId: string,
  options: ClaimOptions,
): Promise<ClaimedSlice | null> {
  const row = await dueSlices(db, options).selectAll().where('slice_id', '=', sliceId).executeTakeFirst();
  if (row === undefined) return null;
  const cursor = row.cursor as StoredCursor | null;
  return {
    slice: {
      sliceId: String(row.slice_id),
      stream: row.stream,
      interval: { from: row.slice_from, to: row.slice_to },
      pass: row.pass,
      cursor: cursor?.at ?? null,
      attempts: row.attempts,
    },
    asOf: cursor === null ? null : new Date(cursor.asOf),
    claimId,
  };
}
