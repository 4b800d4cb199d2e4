/** Reads and writes `extract.pruned`: ranges that were removed on purpose and must not be planned again automatically. */
import type pg from 'pg';
import type { Interval } from '../../lib/interval.js';

type Queryable = Pick<pg.ClientBase, 'query'>;

/** Predates Genesys Cloud, so that no stream has data before it. */
const beginning = new Date(Date.UTC(2000, 0, 1));

/** Records that nothing before `to` is pending in any stream of the ledger, and moves the start of the schedules accordingly. */
export async function rememberPruned(client: Queryable, to: Date, now: Date): Promise<void> {
  await client.query(
    `with streams as (
         select distinct stream from extract.slices
         union select stream from extract.streams
     ), covered as (
         delete from extract.pruned where pruned_to <= $1
     )
     insert into extract.pruned (stream, pruned_from, pruned_to, pruned_at) select stream, $2, $1, $3 from streams
     on conflict (stream, pruned_from) do update set pruned_to = greatest(pruned.pruned_to, excluded.pruned_to),
         pruned_at = excluded.pruned_at`,
    [to, beginning, now],
  );
  await client.query('update extract.streams set scheduled_from = $1 where scheduled_from < $1', [to]);
}

/** Returns the part of a range that was pruned, and when. */
export async function prunedWithin(
  client: Queryable,
  stream: string,
  range: Interval,
): Promise<(Interval & { readonly at: Date }) | undefined> {
  const { rows } = await client.query<Interval & { at: Date }>(
    `select greatest(pruned_from, $2) as "from", least(pruned_to, $3) as "to", pruned_at as at
     from extract.pruned where stream = $1 and pruned_from < $3 and pruned_to > $2 order by pruned_from limit 1`,
    [stream, range.from, range.to],
  );
  return rows[0];
}

/** Removes the mark from a range that was requested again; the rest stays pruned. Runs in the caller's transaction. */
export async function liftPruned(client: Queryable, stream: string, range: Interval): Promise<void> {
  const { rows } = await client.query<{ from: Date; to: Date; at: Date }>(
    `delete from extract.pruned where stream = $1 and pruned_from < $3 and pruned_to > $2
     returning pruned_from as "from", pruned_to as "to", pruned_at as at`,
    [stream, range.from, range.to],
  );
  for (const { from, to, at } of rows) {
    if (from < range.from) await insertPruned(client, stream, from, range.from, at);
    if (to > range.to) await insertPruned(client, stream, range.to, to, at);
  }
}

async function insertPruned(client: Queryable, stream: string, from: Date, to: Date, at: Date): Promise<void> {
  await client.query('insert into extract.pruned (stream, pruned_from, pruned_to, pruned_at) values ($1, $2, $3, $4)', [
    stream,
    from,
    to,
    at,
  ]);
}
