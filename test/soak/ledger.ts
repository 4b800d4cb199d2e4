import type pg from 'pg';
import { hourMs } from '../../src/lib/interval.js';
import type { Stream } from '../../src/model/extraction.js';

export interface LedgerState {
  readonly overlaps: number;
  readonly holes: number;
  readonly overdueHours: number;
  readonly failing: number;
  readonly behindHours: number;
}

/** The data lake is eight hours behind, and is looked at every half hour. */
const historyLagMs = 9 * hourMs;

/** Reads the state of the ledger at the organisation's instant `now`. */
export async function ledgerState(pool: pg.Pool, streams: readonly Stream[], now: Date): Promise<LedgerState> {
  const { rows } = await pool.query(
    `with neighbours as (
         select stream, slice_from, slice_to, lead(slice_from) over (partition by stream order by slice_from) as next_from
         from extract.slices
     )
     select
         (select count(*)::int from neighbours where next_from < slice_to) as overlaps,
         (select count(*)::int from neighbours where next_from > slice_to and stream = any($2)) as holes,
         (select coalesce(max(extract(epoch from $1 - greatest(due_at, retry_at))), 0)::float8 / 3600 from extract.slices
          where greatest(due_at, retry_at) < $1::timestamptz) as "overdueHours",
         (select count(*)::int from extract.slices where attempts > 0) as failing`,
    [now, streams.filter(({ kind }) => kind === 'interval').map(({ name }) => name)],
  );
  return { ...rows[0], behindHours: (await mostBehindMs(pool, streams, now)) / hourMs };
}

/** Returns how far the watermark of any stream lies behind the end of the last slice that could have been pulled by `now`. */
async function mostBehindMs(pool: pg.Pool, streams: readonly Stream[], now: Date): Promise<number> {
  const { rows } = await pool.query<{ stream: string; watermark: Date | null }>(
    `select stream, coalesce(min(slice_from) filter (where pass = 0), max(slice_to)) as watermark
     from extract.slices group by stream`,
  );
  const watermarks = new Map(rows.map((row) => [row.stream, row.watermark]));
  let most = 0;
  for (const stream of streams) {
    const watermark = watermarks.get(stream.name);
    if (stream.kind !== 'interval' || watermark === undefined || watermark === null) continue;
    const lagMs = stream.name === 'conversation_history' ? historyLagMs : stream.lagMs;
    const lengthMs = stream.sliceLengthMs(now, now);
    most = Math.max(most, now.getTime() - watermark.getTime() - lagMs - lengthMs);
  }
  return most;
}
