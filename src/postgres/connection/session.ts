/** Marks a connection as alive, so that other processes can see whether the owner of a claim still exists. */
import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import type { ClientBase } from 'pg';
import { signOfLifeClass } from './locks.js';

export interface Session {
  /** Server process. */
  readonly pid: number;
  /** Oid of the role that logged in. */
  readonly role: number;
  /** Second key of the advisory lock that this connection holds until it ends. */
  readonly key: number;
}

/** Host and process id, so that people can find the process. */
export const processName = `${hostname()}:${process.pid}`;

const keyMax = 2 ** 31 - 1;
const drawsMax = 5;
const known = new WeakMap<ClientBase, Session>();

/** Marks the connection as alive, once; the mark ends with the connection. */
export async function sessionOf(client: ClientBase): Promise<Session> {
  const session = known.get(client) ?? (await takeSign(client));
  known.set(client, session);
  return session;
}

async function takeSign(client: ClientBase): Promise<Session> {
  for (let draws = 0; draws < drawsMax; draws += 1) {
    const key = randomInt(1, keyMax);
    const { rows } = await client.query<{ isTaken: boolean; pid: number; role: number }>(
      `select pg_try_advisory_lock($1, $2) as "isTaken", pid, usesysid::bigint as role
       from pg_stat_activity where pid = pg_backend_pid()`,
      [signOfLifeClass, key],
    );
    const row = rows[0];
    if (row?.isTaken) return { pid: row.pid, role: row.role, key };
  }
  throw new Error('The database did not grant this connection its advisory lock.');
}

/**
 * SQL of all live connections: `pid`, `role`, `key`, `application`, `role_name`. It
 * needs only what Postgres shows to everybody about other sessions.
 */
export const livingSessions = `(
    select sign.pid, session.usesysid as role, sign.objid::integer as key,
        session.application_name as application, session.usename::text as role_name
    from pg_locks as sign
    join pg_stat_activity as session on session.pid = sign.pid
    where sign.locktype = 'advisory' and sign.classid = ${signOfLifeClass} and sign.objsubid = 2 and sign.granted
        and sign.database = (select oid from pg_database where datname = current_database())
)`;
