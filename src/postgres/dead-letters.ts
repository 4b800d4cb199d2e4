import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Reject } from '../protocol.js';

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

/** Keeps records that could not be stored, inside the caller's transaction; the same record met again is counted, not doubled. Returns how many. */
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
               seen_count = dead_letters.seen_count + 1`,
      [
        facts.stream,
        facts.sliceId,
        storable(reject.recordId),
        storable(reject.reason),
        reject.record,
        createHash('md5').update(reject.record).digest('hex'),
        facts.asOf,
        facts.now,
      ],
    );
  }
  return rejects.length;
}

/** Dead letters of some streams in the order in which they came, at most `limit`, above `after`. */
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
 * A record that was stored after all, e.g. because Genesys mended it, is no longer owed. Called with the ids of what has just been loaded.
 */
export async function forgetStored(client: pg.ClientBase, recordIds: readonly string[]): Promise<void> {
  await client.query('delete from extract.dead_letters where record_id = any($1)', [recordIds]);
}

const storable = (text: string | null) => text?.toWellFormed().replaceAll('\u0000', '\u2400') ?? null;
