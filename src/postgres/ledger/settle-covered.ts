import type pg from 'pg';

/**
 * Ends failing slices of `stream` whose whole range `coveredBy` has pulled since: nothing is
 * missing there, and the slices would keep failing. Runs in the planner's transaction. Returns how
 * many.
 */
export async function settleCovered(
  client: pg.ClientBase,
  stream: string,
  coveredBy: string,
  now: Date,
): Promise<number> {
  const { rowCount } = await client.query(
    `with covered as (
         select failing.slice_id, min(covering.as_of) as as_of
         from extract.slices as failing
         join extract.slices as covering
             on covering.stream = $2 and covering.pass > 0
             and covering.slice_from < failing.slice_to and covering.slice_to > failing.slice_from
         where failing.stream = $1 and failing.attempts > 0
         group by failing.slice_id
         having sum(least(covering.slice_to, failing.slice_to) - greatest(covering.slice_from, failing.slice_from))
             = max(failing.slice_to - failing.slice_from)
     )
     update extract.slices
     set pass = greatest(slices.pass, 1), due_at = null, retry_at = null, attempts = 0, cursor = null,
         as_of = coalesce(slices.as_of, covered.as_of), last_pass_at = $3, last_error = null, last_error_at = null
     from covered
     where slices.slice_id = covered.slice_id`,
    [stream, coveredBy, now],
  );
  return rowCount ?? 0;
}
