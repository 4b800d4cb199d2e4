/** Finds the holders of locks for which others wait, from what Postgres shows to every role. */
import type pg from 'pg';

/** A session that holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly application: string;
  readonly role: string;
  /** Time since its transaction began; null if this role may not see it. */
  readonly seconds: number | null;
}

const lockNotAvailable = '55P03';
const shownMax = 3;
const ourSchemas = ['extract', 'genesys', 'mart', 'wrapup'];

const columns = `activity.pid, activity.application_name as application, activity.usename::text as role,
    extract(epoch from clock_timestamp() - activity.xact_start)::float8 as seconds`;

export const isLockTimeout = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === lockNotAvailable;

/** Describes sessions as `session 4711 (application "psql", role bob, since 12 s) and session …`; empty for none. */
export function describeSessions(holders: readonly Holder[]): string {
  return holders
    .map(({ pid, application, role, seconds }) => {
      const since = seconds === null ? '' : `, since ${Math.round(seconds)} s`;
      return `session ${pid} (application "${application}", role ${role}${since})`;
    })
    .join(' and ');
}

/**
 * Returns sessions that have held a lock on one of this program's relations for at least as long as
 * the wait, the oldest first. Mere readers are excluded unless the requested lock conflicts with
 * them.
 */
export async function longHolders(
  client: pg.ClientBase,
  waitedMs: number,
  { withReaders }: { readonly withReaders: boolean },
): Promise<Holder[]> {
  const { rows } = await client.query<Holder>(
    `select ${columns}
     from pg_stat_activity as activity
     where activity.datname = current_database() and activity.pid <> pg_backend_pid()
         and (activity.xact_start is null or activity.xact_start <= clock_timestamp() - $1 * interval '1 millisecond')
         and exists (
             select from pg_locks as held join pg_class as relation on relation.oid = held.relation
             join pg_namespace as schema on schema.oid = relation.relnamespace
             where held.pid = activity.pid and held.granted and schema.nspname = any($2)
                 and ($3 or held.mode <> 'AccessShareLock')
         )
     order by activity.xact_start nulls last limit ${shownMax}`,
    [waitedMs, ourSchemas, withReaders],
  );
  return rows;
}
