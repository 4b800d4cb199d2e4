import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Kysely, type Migration, Migrator, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import { UsageError } from '../lib/errors.js';
import { lockKeys } from './connection/locks.js';
import { fillFacts } from './derived/rebuild.js';
import { buildDayIndexes } from './schema/day-indexes.js';
import { isLockTimeout, type LockPatience, lockPatience, withLockRetries } from './schema/lock-wait.js';
import { buildViews, type ViewSettings } from './schema/views.js';

const migrationsDirectory = fileURLToPath(new URL('../../migrations/', import.meta.url));
const bookkeepingSchema = 'extract';
const bookkeepingTable = 'schema_migrations';

/** A migration may fill a table from years of facts; a lost connection ends it earlier. */
const migrationHoursMax = 12;

/**
 * Brings a database to this program's schema: pending migrations, each in a transaction of its own, then functions, views and grants, then stored facts
 * whose definition or time zone changed.
 * Safe to repeat and safe when many start at once. Nothing waits for a lock longer than `patience` says, since readers queue behind it.
 * Throws a UsageError when a newer program has migrated this database, when somebody holds a lock for good, and when the role may not.
 */
export async function migrate(
  pool: pg.Pool,
  settings: ViewSettings,
  patience: LockPatience = lockPatience,
): Promise<void> {
  await refuseNewerDatabase(pool);
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('select pg_advisory_lock($1)', [lockKeys.migrations]);
    await runMigrations(client, patience);
    await buildViews(client, settings, patience);
    await fillFacts(client, settings.timeZone);
    await buildDayIndexes(client, settings.timeZone, patience);
    await client.query('select pg_advisory_unlock($1)', [lockKeys.migrations]);
  } catch (error) {
    // Closing the connection frees its lock, whatever state it is in.
    broken = error as Error;
    throw isForbidden(error) && !describe(error).includes('create role') ? notOwner(error as Error) : error;
  } finally {
    client.release(broken);
  }
}

/** Names of migrations that the database lacks; empty when it is current. */
export async function pendingMigrations(pool: pg.Pool): Promise<string[]> {
  const [known, applied] = await Promise.all([migrationNames(), appliedMigrations(pool)]);
  return known.filter((name) => !applied.includes(name));
}

async function runMigrations(client: pg.PoolClient, patience: LockPatience): Promise<void> {
  const migrations = await readMigrations();
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: poolOf(client) }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: bookkeepingSchema,
    migrationTableName: bookkeepingTable,
    migrationLockTableName: `${bookkeepingTable}_lock`,
  });
  await client.query(`set statement_timeout = '${migrationHoursMax}h'`);
  for (let count = 0; count <= Object.keys(migrations).length; count += 1) {
    const run = () => migrateOne(migrator);
    if (!(await withLockRetries(client, 'The tables cannot be migrated', run, patience))) break;
  }
  await client.query('reset statement_timeout');
}

/** Runs the next migration in a transaction; false when there was none. */
async function migrateOne(migrator: Migrator): Promise<boolean> {
  // The migrator returns its error instead of throwing; a service must not start on half a schema.
  const { error, results } = await migrator.migrateUp();
  if (error === undefined) return (results ?? []).length > 0;
  if (isLockTimeout(error) || isForbidden(error)) throw error;
  // Without one, the migrator stopped before it came to any: at its lock or at its table of what was done.
  const name = results?.find((result) => result.status === 'Error')?.migrationName;
  if (isDependedOn(error)) {
    throw new UsageError(
      `Migration ${name} stopped because something of yours depends on a view that it replaces (${(error as { detail?: string }).detail}). Drop that, run migrate and create it again.`,
      { cause: error },
    );
  }
  const failed = name === undefined ? 'The preparation of the migrations' : `Migration ${name}`;
  throw new Error(`${failed} failed, nothing of it was changed: ${describe(error)}`, { cause: error });
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const name of await migrationNames()) {
    const text = await readFile(`${migrationsDirectory}${name}.sql`, 'utf8');
    migrations[name] = { up: async (db) => void (await sql.raw(text).execute(db)) };
  }
  return migrations;
}

async function migrationNames(): Promise<string[]> {
  const files = await readdir(migrationsDirectory);
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort();
}

async function appliedMigrations(pool: pg.Pool): Promise<string[]> {
  const table = `${bookkeepingSchema}.${bookkeepingTable}`;
  const exists = await pool.query('select to_regclass($1) is not null as exists', [table]);
  if (!exists.rows[0].exists) return [];
  const applied = await pool.query<{ name: string }>(`select name from ${table} order by name`);
  return applied.rows.map((row) => row.name);
}

async function refuseNewerDatabase(pool: pg.Pool): Promise<void> {
  const [known, applied] = await Promise.all([migrationNames(), appliedMigrations(pool)]);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `This database was migrated by a newer genesys-warehouse (it has ${unknown.join(', ')}); install that version or a later one.`,
    );
  }
}

/** Kysely takes connections from a pool and ends it when it is destroyed; all of its work is to run on this one. */
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
    `The database is not at this version and this role may not change it (${error.message}); run genesys-warehouse migrate as the role that owns the schemas.`,
    { cause: error },
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
