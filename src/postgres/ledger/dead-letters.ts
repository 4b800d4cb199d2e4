import { createHash } from 'node:crypto';
import type pg from 'pg';
import { conversationStreams, type Reject } from '../../model/extraction.js';

export interface DeadLetter {
  readonly deadLetterId: string;
  readonly stream: string;
  readonly recordId: string | null;
  readonly reason: string;
  /** JSON as text. */
  readonly record: string;
  readonly asOf: Date;
}

export interface RejectFacts {
  readonly stream: string;
  readonly sliceId: string | null;
  readonly asOf: Date;
  readonly now: Date;
}

/**
 * Stores rejected records in the caller's transaction; a repeated record is counted and not stored
 * twice. Returns how many.
 */
export async function storeRejects(
  client: pg.ClientBase,
  rejects: readonly Reject[],
  facts: RejectFacts,
): Promise<number> {
  for (const reject of rejects) {
    await client.query(
      `insert into extract.dead_letters
           (stream, slice_id, record_id, reason, record, record_hash, as_of, first_seen_at, last_seen_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
       on conflict (stream, record_hash) do update
           set last_seen_at = excluded.last_seen_at, as_of = excluded.as_of, reason = excluded.reason,
               slice_id = coalesce(excluded.slice_id, dead_letters.slice_id),
               seen_count = dead_letters.seen_count + 1`,
      [
        facts.stream,
        facts.sliceId,
        sanitizeText(reject.recordId),
        sanitizeText(reject.reason),
        reject.record,
        createHash('md5').update(reject.record).digest('hex'),
        facts.asOf,
        facts.now,
      ],
    );
  }
  return rejects.length;
}

/** Reads dead letters of some streams in order of arrival, at most `limit`, above `after`. */
export async function readDeadLetters(
  pool: pg.Pool,
  streams: readonly string[],
  after: string,
  limit: number,
): Promise<DeadLetter[]> {
  const { rows } = await pool.query<DeadLetter>(
    `select dead_letter_id::text as "deadLetterId", stream, record_id as "recordId", reason, record, as_of as "asOf"
     from extract.dead_letters where stream = any($3) and dead_letter_id > $1 order by dead_letter_id limit $2`,
    [after, limit, streams],
  );
  return rows;
}

export async function deleteDeadLetter(client: pg.ClientBase, deadLetterId: string): Promise<void> {
  await client.query('delete from extract.dead_letters where dead_letter_id = $1', [deadLetterId]);
}

/**
 * Deletes the dead letters of records that have just been stored, e.g. because Genesys fixed them.
 */
export async function forgetStored(client: pg.ClientBase, recordIds: readonly string[]): Promise<void> {
  await client.query('delete from extract.dead_letters where record_id = any($1)', [recordIds]);
}

/**
 * Deletes dead letters older than a complete pass over their slice: Genesys has fixed these records
 * or no longer returns them. Dead letters of conversations are kept until the conversation is
 * stored, because a query can miss one between two pages.
 */
export async function deleteResolved(
  client: pg.ClientBase,
  slice: { readonly stream: string; readonly sliceId: string },
  asOf: Date,
): Promise<void> {
  await client.query(
    'delete from extract.dead_letters where slice_id = $1 and as_of < $2 and (record_id is null or not $3)',
    [slice.sliceId, asOf, conversationStreams.includes(slice.stream)],
  );
}

/** Makes slices due whose dead letters are of other streams than `except`, so that the next pull brings the records again; returns how many. */
export async function rescheduleSlicesOf(pool: pg.Pool, except: readonly string[], now: Date): Promise<number> {
  const { rowCount } = await pool.query(
    `update extract.slices
     set due_at = least(due_at, $2), retry_at = null, cursor = case when due_at <= $2 then cursor end
     where slice_id in (select slice_id from extract.dead_letters where stream <> all($1))`,
    [except, now],
  );
  return rowCount ?? 0;
}

/** Assigns the dead letters of slices that were split or merged to the slice that replaces them. */
export async function reassignDeadLetters(
  client: pg.ClientBase,
  formerSliceIds: readonly string[],
  sliceId: string,
): Promise<void> {
  await client.query('update extract.dead_letters set slice_id = $2 where slice_id = any($1::bigint[])', [
    formerSliceIds,
    sliceId,
  ]);
}

/** Assigns all dead letters of a snapshot stream to its newest slice, since each snapshot replaces all earlier ones. */
export async function reassignStreamDeadLetters(client: pg.ClientBase, stream: string, sliceId: string): Promise<void> {
  await client.query('update extract.dead_letters set slice_id = $2 where stream = $1', [stream, sliceId]);
}

const sanitizeText = (text: string | null) => text?.toWellFormed().replaceAll('\u0000', '\u2400') ?? null;
