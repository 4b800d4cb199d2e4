/** The database that is to show the marts of its members. */
import type pg from 'pg';
import { UsageError } from '../../lib/errors.js';

/** True for a database that `federate` has filled. */
export async function isFederation(db: pg.Pool | pg.ClientBase): Promise<boolean> {
  const { rows } = await db.query<{ isThere: boolean }>(
    `select exists (
         select from pg_class
         inner join pg_namespace on pg_namespace.oid = relnamespace
         where nspname = 'federation' and relname = 'members' and relkind = 'r'
     ) as "isThere"`,
  );
  return rows[0]?.isThere === true;
}

/** Throws a UsageError for a database that `federate` has filled, on behalf of what needs a warehouse. */
export async function refuseFederation(db: pg.Pool | pg.ClientBase): Promise<void> {
  if (!(await isFederation(db))) return;
  throw new UsageError(
    'The database shows the marts of other warehouses (federate) and cannot store data of its own. Point DATABASE_URL at a warehouse.',
  );
}

/** Throws a UsageError for a database that holds something else, and where this role may not do what is to be done. */
export async function checkTarget(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ isWarehouse: boolean; hasMart: boolean; isOwn: boolean }>(
    `select to_regclass('extract.schema_migrations') is not null as "isWarehouse",
         exists (select from pg_namespace where nspname = 'mart') as "hasMart",
         coalesce((select pg_get_userbyid(relowner) = current_user from pg_class where oid = to_regclass('federation.members')), true)
             as "isOwn"`,
  );
  const [found] = rows;
  if (found?.isWarehouse)
    throw new UsageError(
      'The database is itself a warehouse. Point DATABASE_URL at an empty one, which federate makes show the marts of its members.',
    );
  if (!found?.isOwn)
    throw new UsageError('The federated database belongs to another role. Run federate as the role that created it.');
  if (found.hasMart && !(await isFederation(client)))
    throw new UsageError(
      'The database has a schema mart that federate did not create. Point DATABASE_URL at an empty one.',
    );
  await requireExtension(client);
}

async function requireExtension(client: pg.ClientBase): Promise<void> {
  await client.query('savepoint extension');
  try {
    await client.query('create extension if not exists postgres_fdw');
  } catch (error) {
    await client.query('rollback to savepoint extension');
    throw new UsageError(
      `The extension postgres_fdw cannot be created (${(error as Error).message}). It needs a superuser once: create extension postgres_fdw.`,
      { cause: error },
    );
  }
  const { rows } = await client.query<{ mayUse: boolean; role: string }>(
    `select has_foreign_data_wrapper_privilege('postgres_fdw', 'usage') as "mayUse", current_user as role`,
  );
  if (!rows[0]?.mayUse)
    throw new UsageError(
      `The role ${rows[0]?.role} may not use postgres_fdw. As a superuser, run: grant usage on foreign data wrapper postgres_fdw to ${rows[0]?.role}.`,
    );
}

/**
 * Makes the extension dblink in a schema that only the owner may use, since sessions keep connections of it open. False where it cannot be
 * made, or is elsewhere already: members are then asked over new connections.
 */
export async function offerDblink(client: pg.ClientBase): Promise<boolean> {
  await client.query('savepoint dblink');
  await client
    .query(
      'create schema if not exists federation_dblink; create extension if not exists dblink schema federation_dblink',
    )
    .catch(() => client.query('rollback to savepoint dblink'));
  const { rows } = await client.query<{ mayUse: boolean }>(
    `select to_regproc('federation_dblink.dblink_send_query') is not null
         and (select has_schema_privilege(oid, 'usage') from pg_namespace where nspname = 'federation_dblink') as "mayUse"`,
  );
  return rows[0]?.mayUse === true;
}
