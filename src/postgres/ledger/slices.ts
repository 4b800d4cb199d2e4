import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type pg from 'pg';
import type { Interval } from '../../lib/interval.js';
import type { ClaimOptions, Json, Slice } from '../../model/extraction.js';
import { type Db, kyselyOnClient, kyselyOnPool } from '../connection/kysely.js';
import { claimedSlices, dropClaim, takeClaims } from './claims.js';

const candidatesMax = 64;

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

/** Inserts the parts of a slice, with the values that they inherit. Returns the ids, in the order of the parts. */
export async function insertParts(
  db: Db,
  whole: {
    readonly stream: string;
    readonly priority: number;
    readonly pass: number;
    readonly requested_at: Date;
  },
  parts: readonly Interval[],
  dueAt: Date,
): Promise<string[]> {
  const rows = parts.map(({ from, to }) => ({ ...whole, slice_from: from, slice_to: to, due_at: dueAt, cursor: null }));
  const added = await db.insertInto('extract.slices').values(rows).returning('slice_id').execute();
  return added.map((row) => String(row.slice_id));
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
