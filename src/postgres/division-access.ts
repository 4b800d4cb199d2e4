/** `extract.division_access`: which role of the database sees which divisions in schema `mart`. */
import type pg from 'pg';
import { UsageError } from '../lib/errors.js';
import { quote } from '../lib/text.js';
import { inTransaction } from './connection/transaction.js';

export interface DivisionAccess {
  readonly role: string;
  readonly divisionId: string;
  /** Null if the division is not in the directory. */
  readonly divisionName: string | null;
  readonly grantedAt: Date;
  /** False if the role was dropped or renamed, so that the row limits nobody. */
  readonly isRole: boolean;
}

export interface RoleFacts {
  readonly role: string;
  readonly isReader: boolean;
  /** True for the owner of the warehouse and superusers, whom division access does not limit. */
  readonly isUnlimited: boolean;
}

const namesShownMax = 20;

/**
 * Grants a role access to divisions, each given as an id or a name. Throws a UsageError for an
 * unknown role or division.
 */
export async function grantDivisions(pool: pg.Pool, role: string, divisions: readonly string[]): Promise<RoleFacts> {
  return inTransaction(pool, async (client) => {
    const facts = await readRole(client, role);
    const ids = await divisionIds(client, divisions);
    await client.query(
      `insert into extract.division_access (role_name, division_id)
       select $1, id from unnest($2::text[]) as id on conflict do nothing`,
      [role, ids],
    );
    return facts;
  });
}

/** Revokes divisions, or all of them, from a role; returns how many. A role without any sees everything again. */
export async function revokeDivisions(
  pool: pg.Pool,
  role: string,
  divisions: readonly string[],
): Promise<{ readonly revokedCount: number; readonly leftCount: number }> {
  return inTransaction(pool, async (client) => {
    const held = await client.query<{ division_id: string }>(
      'select division_id from extract.division_access where role_name = $1 for update',
      [role],
    );
    const ids = divisions.length === 0 ? null : await divisionIds(client, divisions, held.rows);
    const { rowCount } = await client.query(
      'delete from extract.division_access where role_name = $1 and ($2::text[] is null or division_id = any($2))',
      [role, ids],
    );
    const revokedCount = rowCount ?? 0;
    return { revokedCount, leftCount: held.rows.length - revokedCount };
  });
}

export async function listDivisionAccess(pool: pg.Pool): Promise<DivisionAccess[]> {
  const { rows } = await pool.query<DivisionAccess>(
    `select
         access.role_name as role,
         access.division_id as "divisionId",
         divisions.name as "divisionName",
         access.granted_at as "grantedAt",
         roles.oid is not null as "isRole"
     from extract.division_access as access
     left join genesys.divisions as divisions on divisions.division_id = access.division_id and divisions.valid_to is null
     left join pg_roles as roles on roles.rolname = access.role_name
     order by 1, 3 nulls last, 2`,
  );
  return rows;
}

async function readRole(client: pg.PoolClient, role: string): Promise<RoleFacts> {
  const { rows } = await client.query<RoleFacts>(
    `select
         roles.rolname as role,
         pg_has_role(roles.oid, 'genesys_reader', 'usage') as "isReader",
         pg_has_role(roles.oid, (select nspowner from pg_namespace where nspname = 'extract'), 'usage') as "isUnlimited"
     from pg_roles as roles where roles.rolname = $1`,
    [role],
  );
  const facts = rows[0];
  if (facts === undefined)
    throw new UsageError(`Role ${quote(role)} does not exist in this database server. Create it: create role … login.`);
  return facts;
}

/** Resolves divisions by id or by directory name; `held` ones are valid even if they are not in the directory. */
async function divisionIds(
  client: pg.PoolClient,
  divisions: readonly string[],
  held: readonly { readonly division_id: string }[] = [],
): Promise<string[]> {
  const { rows } = await client.query<{ id: string; name: string | null }>(
    'select division_id as id, name from genesys.divisions where valid_to is null order by name',
  );
  const known = [...rows, ...held.map(({ division_id: id }) => ({ id, name: null }))];
  return divisions.flatMap((division) => {
    const wanted = division.trim().toLowerCase();
    const found = known.filter(({ id, name }) => id.toLowerCase() === wanted || name?.trim().toLowerCase() === wanted);
    if (found.length > 0) return [...new Set(found.map(({ id }) => id))];
    const names = rows.flatMap(({ name }) => name ?? []).slice(0, namesShownMax);
    const remedy =
      names.length === 0 ? 'Pull the directory first: genesys-warehouse sync' : `There are ${names.join(', ')}`;
    throw new UsageError(`Division ${quote(division)} is not known. ${remedy}.`);
  });
}
