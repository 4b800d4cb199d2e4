import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { OutdatedProgramError } from '../../lib/errors.js';

export const migrationsDirectory = fileURLToPath(new URL('../../../migrations/', import.meta.url));

/** Names of this program's migrations, ascending. */
export const migrationNames: readonly string[] = readdirSync(migrationsDirectory)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -'.sql'.length))
  .sort();

const newestMigration = migrationNames.at(-1) ?? '';

/**
 * Throws an OutdatedProgramError when a newer program has migrated this database. Called inside each transaction that stores, after it has
 * passed the storing gate: a migration closes that gate, so a commit sees either the schema it was written for or the newer version.
 */
export async function refuseNewerSchema(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select name from extract.schema_migrations where name > $1 order by name',
    [newestMigration],
  );
  if (rows.length > 0) throw outdated(rows.map(({ name }) => name));
}

/** Builds the error for migrations that the database has and this program does not know. */
export function outdated(names: readonly string[]): OutdatedProgramError {
  return new OutdatedProgramError(
    `This database was migrated by a newer genesys-warehouse (it has ${names.join(', ')}). Install that version or a later one.`,
  );
}
