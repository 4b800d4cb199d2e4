/**
 * Lets one program at a time migrate a database: the one whose row is in `extract.schema_migrator`.
 * Like a claim of a slice it ends with its connection, and only roles that may change the schema
 * can create it. The table is created here, because it must exist before the first migration.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { minuteMs, secondMs } from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';
import { describeSessions, type Holder } from '../connection/holders.js';
import { livingSessions, processName, sessionOf } from '../connection/session.js';

const table = 'extract.schema_migrator';
/** An upgrade that fills tables from years of facts takes long; programs that wait for it block nobody. */
const waitMsMax = 20 * minuteMs;
const lookMs = 250;
const sayEveryMs = 10 * secondMs;
const creationsMax = 50;
const creationPauseMs = 100;
/** SQLSTATEs of objects that another session creates at the same time: unique key, schema, table. */
const concurrentCreation = ['23505', '42P06', '42P07'];

/**
 * Runs `work`, which uses only `client`, while no other program migrates. A process that is killed,
 * or loses this connection, releases the lock at once. Throws a UsageError that names the holder if
 * that one does not end.
 */
export async function asMigrator<T>(client: pg.ClientBase, work: () => Promise<T>, log?: Log): Promise<T> {
  await createTable(client);
  await waitForTurn(client, log);
  try {
    return await work();
  } finally {
    // A lost connection has released the lock already.
    await client.query(`delete from ${table} where session_key = $1`, [(await sessionOf(client)).key]).catch(() => {});
  }
}

/** Twenty programs may start at once on an empty database. */
async function createTable(client: pg.ClientBase): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { rows } = await client.query('select to_regclass($1) is not null as "isThere"', [table]);
    if (rows[0].isThere) return;
    try {
      await client.query(
        `create schema if not exists extract;
         create table if not exists ${table} (
             is_migrating boolean primary key default true check (is_migrating),
             holder text not null,
             session_pid integer not null,
             session_role oid not null,
             session_key integer not null,
             since timestamptz not null default clock_timestamp()
         );
         comment on table ${table} is 'At most one row: the program that migrates this database now. It ends with the session that made it.'`,
      );
    } catch (error) {
      if (attempt >= creationsMax || !concurrentCreation.includes((error as { code?: string }).code ?? '')) throw error;
      await pause(creationPauseMs);
    }
  }
}

async function waitForTurn(client: pg.ClientBase, log: Log | undefined): Promise<void> {
  const sinceMs = performance.now();
  let saidMs = sinceMs;
  while (!(await takeTurn(client))) {
    const nowMs = performance.now();
    if (nowMs - sinceMs >= waitMsMax)
      throw new UsageError(
        `The database cannot be migrated: ${await readHolder(client)} is at it, also after ${waitMsMax / minuteMs} minutes. Run it again when that is over, or end it with select pg_terminate_backend(PID).`,
      );
    if (nowMs - saidMs >= sayEveryMs) {
      saidMs = nowMs;
      log?.info(`Waiting for another migration: ${await readHolder(client)}`);
    }
    await pause(lookMs);
  }
}

async function takeTurn(client: pg.ClientBase): Promise<boolean> {
  const { pid, role, key } = await sessionOf(client);
  await client.query(
    `delete from ${table} where ctid in (
         select migrator.ctid from ${table} as migrator
         where not exists (
             select from ${livingSessions} as living
             where living.pid = session_pid and living.role = session_role and living.key = session_key
         ) for update skip locked
     )`,
  );
  const { rowCount } = await client.query(
    `insert into ${table} (holder, session_pid, session_role, session_key) values ($1, $2, $3, $4) on conflict do nothing`,
    [processName, pid, role, key],
  );
  return rowCount === 1;
}

async function readHolder(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<Holder>(
    `select session_pid as pid, coalesce(living.application, holder) as application, coalesce(living.role_name, '?') as role,
         extract(epoch from clock_timestamp() - since)::float8 as seconds
     from ${table} left join ${livingSessions} as living on living.pid = session_pid and living.key = session_key`,
  );
  return describeSessions(rows) || 'another program';
}
