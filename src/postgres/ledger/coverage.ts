/** Reads what has been pulled from the ledger. */
import type pg from 'pg';
import type { Interval } from '../../lib/interval.js';

/** Counts the slices of a range that are due and have never been pulled. */
export async function countUnpulledSlices(pool: pg.Pool, streams: readonly string[], range: Interval): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count from extract.slices
     where stream = any($1) and slice_from >= $2 and slice_to <= $3 and due_at is not null and pass = 0`,
    [streams, range.from, range.to],
  );
  return rows[0]?.count ?? 0;
}

/** Returns true when each of the streams has been pulled at least once. */
export async function arePulled(pool: pg.Pool, streams: readonly string[]): Promise<boolean> {
  const { rows } = await pool.query<{ stream: string }>(
    'select distinct stream from extract.slices where stream = any($1) and pass > 0',
    [streams],
  );
  return rows.length === streams.length;
}
