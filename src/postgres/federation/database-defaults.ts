import pg from 'pg';
import { UsageError } from '../../lib/errors.js';

/** Settings of every session of the federated database, unless its role or client overrides them. */
const defaults: Readonly<Record<string, string>> = {
  // Joins and sums by organisation are sent to members one by one, at the same time.
  enable_partitionwise_join: 'on',
  enable_partitionwise_aggregate: 'on',
  // What planners know of members is rough, and a loop over too many rows costs most.
  enable_nestloop: 'off',
  // Members are asked whether they answer while a statement is planned, so every execution is planned.
  plan_cache_mode: 'force_custom_plan',
  jit: 'off',
  // Limit of the wait for a member that freezes during a statement.
  statement_timeout: '10min',
};

/** Comparisons that members can work on come before Postgres' own. Nobody may make anything in their schema but the owner. */
const searchPath = 'federation_operators, pg_catalog, "$user", public';

export async function setDatabaseDefaults(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const database = pg.escapeIdentifier(rows[0]?.name ?? '');
  const statements = Object.entries(defaults).map(
    ([name, value]) => `alter database ${database} set ${name} = ${pg.escapeLiteral(value)}`,
  );
  for (const statement of [...statements, `alter database ${database} set search_path = ${searchPath}`])
    await client.query(statement).catch((error: Error & { code?: string }) => {
      throw error.code === '42501' ? notOwner(database, error) : error;
    });
}

function notOwner(database: string, error: Error): UsageError {
  return new UsageError(
    `The role does not own the database ${database} (${error.message}). Run federate as its owner.`,
    {
      cause: error,
    },
  );
}
