import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Kysely, type Migration, Migrator, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import { UsageError } from '../errors.js';
import { buildViews, type ViewSettings } from './views.js';

const migrationsDirectory = fileURLToPath(new URL('../../migrations/', import.meta.url));
const bookkeepingSchema = 'extract';
const bookkeepingTable = 'schema_migrations';

/**
 * Brings a database to this program's schema: pending migrations in one transaction, then the views, functions and grants.
 * Safe to repeat and safe when many start at once: Kysely's migrator and `buildViews` each hold a lock while they work.
 * Throws a UsageError when a newer program has already migrated this database.
 */
export async function migrate(pool: pg.Pool, settings: ViewSettings): Promise<void> {
  await refuseNewerDatabase(pool);
  await runMigrations(pool);
  await buildViews(pool, settings);
}

/** Names of migrations that the database lacks; empty when it is current. */
export async function pendingMigrations(pool: pg.Pool): Promise<string[]> {
  const [known, applied] = await Promise.all([migrationNames(), appliedMigrations(pool)]);
  return known.filter((name) => !applied.includes(name));
}

async function runMigrations(pool: pg.Pool): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: withoutEnd(pool) }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: readMigrations },
    migrationTableSchema: bookkeepingSchema,
    migrationTableName: bookkeepingTable,
    migrationLockTableName: `${bookkeepingTable}_lock`,
  });
  // The migrator returns its error instead of throwing; a service must not start on half a schema.
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'the migration set-up';
    throw new Error(`Migration ${failed} failed, nothing was changed: ${describe(error)}`, { cause: error });
  }
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

/** Kysely ends the pool it is given when it is destroyed; this pool belongs to the caller. */
function withoutEnd(pool: pg.Pool): pg.Pool {
  return { connect: () => pool.connect(), end: async () => {} } as unknown as pg.Pool;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
