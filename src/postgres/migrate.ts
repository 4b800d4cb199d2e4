import { readFile } from 'node:fs/promises';
import { Kysely, type Migration, Migrator, PostgresAdapter, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import { UsageError } from '../lib/errors.js';
import type { Log } from '../lib/log.js';
import { isLockTimeout } from './connection/holders.js';
import { gates } from './connection/locks.js';
import { withSettings } from './connection/settings.js';
import { areFactsFilled, fillFacts } from './derived/rebuild.js';
import { refuseFederation } from './federation/target.js';
import { areDayIndexesBuilt, buildDayIndexes } from './schema/day-indexes.js';
import { type LockPatience, lockRetryPolicy, withLockRetries } from './schema/lock-wait.js';
import { asMigrator } from './schema/migrator.js';
import { migrationNames, migrationsDirectory, outdated } from './schema/program-version.js';
import { refuseOtherZone } from './schema/reporting-zone.js';
import { areViewsBuilt, areViewsOfAnotherBuild, buildViews, type ViewSettings } from './schema/views.js';

const bookkeepingSchema = 'extract';
const bookkeepingTable = 'schema_migrations';

/** Limit of a migration, which may fill a table from years of facts; a lost connection ends it earlier. */
const migrationHoursMax = 12;

/**
 * Brings a database to this program's schema: pending migrations, each in a transaction of its own,
 * then functions, views and grants, then stored facts whose definition or time zone changed. Safe
 * to repeat and safe when many start at once. No wait for a lock is longer than `patience` allows,
 * because readers queue behind it. Waits for another program that is migrating, which blocks
 * nobody. Throws a UsageError when a newer program has migrated this database, when a lock is never
 * released, and when the role lacks the rights.
 */
export async function migrate(
  pool: pg.Pool,
  settings: ViewSettings,
  patience: LockPatience = lockRetryPolicy,
  log?: Log,
): Promise<void> {
  await refuseNewerDatabase(pool);
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    if (await isMigrated(client, settings)) return;
    await asMigrator(client, () => migrateAlone(client, settings, patience), log);
  } catch (error) {
    broken = error as Error;
    throw isForbidden(error) && !describe(error).includes('create role') ? notOwner(error as Error) : error;
  } finally {
    client.release(broken);
  }
}

/**
 * Makes the database ready for any command but `migrate`: an empty or older one is migrated, one of
 * this version is left as it is. Views of another build of the same version are kept, so that two
 * programs never rebuild each other's views; this is logged. Throws a UsageError when the reports
 * are in another time zone, or when a newer program has migrated.
 */
export async function prepareDatabase(pool: pg.Pool, settings: ViewSettings, log: Log): Promise<void> {
  await refuseNewerDatabase(pool);
  await refuseOtherZone(pool, settings.timeZone);
  if ((await pendingMigrations(pool)).length === 0 && (await areViewsOfAnotherBuild(pool, settings, newestOf()))) {
    log.warn('Views were built by another build of this program; genesys-warehouse migrate rebuilds them');
    return;
  }
  await migrate(pool, settings, lockRetryPolicy, log);
}

const newestOf = (): string => migrationNames.at(-1) ?? '';

/** Checked before waiting for others, because most starts have nothing to do. */
async function isMigrated(client: pg.PoolClient, settings: ViewSettings): Promise<boolean> {
  const isCurrent = (await pendingMigrations(client)).length === 0;
  return (
    isCurrent &&
    (await areViewsBuilt(client, settings)) &&
    (await areFactsFilled(client, settings.timeZone)) &&
    (await areDayIndexesBuilt(client, settings.timeZone))
  );
}

async function migrateAlone(client: pg.PoolClient, settings: ViewSettings, patience: LockPatience): Promise<void> {
  // The program that migrated meanwhile may have been a newer version.
  await refuseNewerDatabase(client);
  await runMigrations(client, patience);
  await buildViews(client, settings, patience, newestOf());
  await fillFacts(client, settings.timeZone);
  await buildDayIndexes(client, settings.timeZone, patience);
}

/** Returns the names of migrations that the database lacks; empty when it is current. */
export async function pendingMigrations(db: pg.Pool | pg.ClientBase): Promise<string[]> {
  const applied = await appliedMigrations(db);
  return migrationNames.filter((name) => !applied.includes(name));
}

async function runMigrations(client: pg.PoolClient, patience: LockPatience): Promise<void> {
  const migrations = await readMigrations();
  const db = new Kysely<unknown>({ dialect: new DialectWithoutLock({ pool: poolOf(client) }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: bookkeepingSchema,
    migrationTableName: bookkeepingTable,
    migrationLockTableName: `${bookkeepingTable}_lock`,
  });
  await withSettings(client, { statement_timeout: `${migrationHoursMax}h` }, async () => {
    for (let left = (await pendingMigrations(client)).length; left > 0; left -= 1) {
      await withLockRetries(client, 'The tables cannot be migrated', () => migrateOne(migrator), patience);
    }
  });
}

/** Disables the migrator's own lock, an advisory one that any role could hold; `asMigrator` holds a better one. */
class DialectWithoutLock extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    const adapter = new PostgresAdapter();
    adapter.acquireMigrationLock = async () => {};
    adapter.releaseMigrationLock = async () => {};
    return adapter;
  }
}

/** Runs the next migration in a transaction; returns false when there is none. */
async function migrateOne(migrator: Migrator): Promise<boolean> {
  // The migrator returns its error instead of throwing; a service must not start on half a schema.
  const { error, results } = await migrator.migrateUp();
  if (error === undefined) return (results ?? []).length > 0;
  if (isLockTimeout(error) || isForbidden(error)) throw error;
  // Without one, the migrator stopped before the first migration: at its lock or at its table of
  // applied migrations.
  const name = results?.find((result) => result.status === 'Error')?.migrationName;
  if (isDependedOn(error)) {
    throw new UsageError(
      `Migration ${name} failed because another object depends on a view that it replaces (${(error as { detail?: string }).detail}). Drop that, run migrate and create it again.`,
      { cause: error },
    );
  }
  const failed = name === undefined ? 'The preparation of the migrations' : `Migration ${name}`;
  throw new Error(`${failed} failed, and nothing was changed: ${describe(error)}`, { cause: error });
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const name of migrationNames) {
    const text = await readFile(`${migrationsDirectory}${name}.sql`, 'utf8');
    migrations[name] = { up: (db) => runMigration(db, text) };
  }
  return migrations;
}

/** Runs a migration in a transaction that waits for storing transactions; those that start later see the new schema. */
async function runMigration(db: Kysely<unknown>, text: string): Promise<void> {
  const { rows } = await sql<{
    isThere: boolean;
  }>`select to_regclass(${gates.storing}) is not null as "isThere"`.execute(db);
  if (rows[0]?.isThere) await sql.raw(`lock table ${gates.storing} in exclusive mode`).execute(db);
  await sql.raw(text).execute(db);
}

async function appliedMigrations(db: pg.Pool | pg.ClientBase): Promise<string[]> {
  const table = `${bookkeepingSchema}.${bookkeepingTable}`;
  const exists = await db.query('select to_regclass($1) is not null as exists', [table]);
  if (!exists.rows[0].exists) return [];
  const applied = await db.query<{ name: string }>(`select name from ${table} order by name`);
  return applied.rows.map((row) => row.name);
}

export async function refuseNewerDatabase(db: pg.Pool | pg.ClientBase): Promise<void> {
  await refuseFederation(db);
  const unknown = (await appliedMigrations(db)).filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0) throw outdated(unknown);
}

/**
 * Wraps one client as a pool, because Kysely takes connections from a pool and closes it; all work
 * must run on this client.
 */
function poolOf(client: pg.PoolClient): pg.Pool {
  const lent = new Proxy(client, {
    get: (target, name) => {
      if (name === 'release') return () => {};
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { connect: async () => lent, end: async () => {} } as unknown as pg.Pool;
}

const isForbidden = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '42501';

const isDependedOn = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '2BP01';

function notOwner(error: Error): UsageError {
  return new UsageError(
    `The schema is out of date and this role lacks permission to migrate it (${error.message}); run genesys-warehouse migrate as the role that owns the schemas.`,
    { cause: error },
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
