import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type Interval, plus } from '../../lib/interval.js';
import type { Stream } from '../../model/extraction.js';
import { dropClaim, takeClaims } from './claims.js';

interface Period {
  readonly from: Date;
  readonly slices: readonly string[];
}

/**
 * Merges the slices of each past period that were all pulled once and wait for their second pass:
 * that pass then costs one pull instead of one for each of the small slices that kept the current
 * period fresh. Periods whose second pass is due are left unchanged, and so are slices that were
 * split because they were too large. Runs in the planner's transaction, under its lock.
 */
export async function mergeSlices(
  client: pg.ClientBase,
  stream: Pick<Stream, 'name' | 'mergedLengthMs' | 'repassAgesMs'>,
  now: Date,
): Promise<number> {
  const { mergedLengthMs, repassAgesMs } = stream;
  const firstAgeMs = repassAgesMs[0];
  if (mergedLengthMs === undefined || firstAgeMs === undefined) return 0;
  const window = { from: plus(now, -firstAgeMs - mergedLengthMs), to: now };
  let merged = 0;
  for (const period of await mergeable(client, stream.name, mergedLengthMs, window)) {
    const claimId = randomUUID();
    const claimed = await takeClaims(client, period.slices, claimId);
    // Only if nobody works on one of them.
    if (claimed.length === period.slices.length) {
      await mergeInto(client, stream.name, { from: period.from, to: plus(period.from, mergedLengthMs) }, firstAgeMs);
      merged += 1;
    }
    await dropClaim(client, claimId);
  }
  return merged;
}

/** Finds whole periods that began after `window.from` and ended by `window.to`. */
async function mergeable(
  client: pg.ClientBase,
  stream: string,
  lengthMs: number,
  window: Interval,
): Promise<readonly Period[]> {
  const { rows } = await client.query<Period>(
    `select date_bin($2::interval, slice_from, timestamptz 'epoch') as "from", array_agg(slice_id::text) as slices
     from extract.slices
     where stream = $1 and slice_from > $3 and slice_to <= $4
     group by 1
     having count(*) > 1 and sum(slice_to - slice_from) = $2::interval
         and bool_and(pass > 0 and due_at is not null and cursor is null and attempts = 0 and retry_at is null)
     order by 1`,
    [stream, `${lengthMs} milliseconds`, window.from, window.to],
  );
  return rows;
}

/** Merges slices, keeping the earlier due time of slices that a person made due before their second pass. */
async function mergeInto(client: pg.ClientBase, stream: string, period: Interval, firstAgeMs: number): Promise<void> {
  await client.query(
    `with parts as (
         delete from extract.slices where stream = $1 and slice_from >= $2 and slice_to <= $3 returning *
     ), whole as (
         insert into extract.slices (stream, slice_from, slice_to, priority, pass, due_at, as_of, pages, records,
         changed_records, requested_at, last_attempt_at, last_pass_at)
     select $1, $2, $3, min(priority), min(pass),
         case when min(due_at - slice_to) < $4::interval then min(due_at) else $3 + min(due_at - slice_to) end,
         min(as_of), sum(pages), sum(records), sum(changed_records), min(requested_at), max(last_attempt_at),
         min(last_pass_at)
     from parts
     returning slice_id
     )
     update extract.dead_letters set slice_id = whole.slice_id from whole
     where dead_letters.slice_id in (select slice_id from parts)`,
    [stream, period.from, period.to, `${firstAgeMs} milliseconds`],
  );
}
