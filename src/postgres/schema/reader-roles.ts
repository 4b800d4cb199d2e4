/** Roles that read schema `mart`: everybody's `genesys_reader`, and `genesys_personal`, which sees personal data as well. */
import type { ClientBase } from 'pg';
import { grantFunctions } from './reader-functions.js';

const readerRole = 'genesys_reader';
export const personalRole = 'genesys_personal';
/** Relations of `mart` that only `genesys_personal` may read. */
export const personalRelations: readonly string[] = ['fct_addresses', 'fct_attributes'];

/**
 * Creates the roles where this user may, and grants them what they read. Without `genesys_personal`, which a database of an earlier
 * version lacks until an administrator runs docs/roles.sql, nobody reads personal relations.
 */
export async function grantToReaders(client: ClientBase): Promise<void> {
  await createReader(client);
  await joinReaders(client);
  await client.query(`grant usage on schema mart to ${readerRole}`);
  await client.query(`grant select on all tables in schema mart to ${readerRole}`);
  await grantFunctions(client, readerRole);
  for (const relation of personalRelations) {
    if (await exists(client, relation)) await client.query(`revoke all on mart.${relation} from ${readerRole}`);
  }
  if (!(await createPersonal(client))) return;
  for (const relation of personalRelations) {
    if (await exists(client, relation)) await client.query(`grant select on mart.${relation} to ${personalRole}`);
  }
}

/** Grants the relations of another schema that shows those of `mart` under their names, as `mart` itself is granted. */
export async function grantRelations(client: ClientBase, schema: string, relations: readonly string[]): Promise<void> {
  const listOf = (names: readonly string[]) => names.map((name) => `${schema}.${name}`).join(', ');
  const personal = relations.filter((relation) => personalRelations.includes(relation));
  const open = relations.filter((relation) => !personalRelations.includes(relation));
  await client.query(`grant usage on schema ${schema} to ${readerRole}`);
  if (open.length > 0) await client.query(`grant select on ${listOf(open)} to ${readerRole}`);
  if (personal.length > 0 && (await hasPersonalRole(client)))
    await client.query(`grant select on ${listOf(personal)} to ${personalRole}`);
}

/** Returns false if nobody may read personal relations yet, because their role is missing. */
export async function hasPersonalRole(client: Pick<ClientBase, 'query'>): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_roles where rolname = $1 and pg_has_role(oid, to_regrole($2), 'member')`,
    [personalRole, readerRole],
  );
  return rows.length > 0;
}

async function exists(client: ClientBase, relation: string): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
    `mart.${relation}`,
  ]);
  return rows[0]?.exists === true;
}

/** Roles belong to the whole server: another database's migration may create one between the check and the statement. */
async function createReader(client: ClientBase): Promise<void> {
  await client.query(
    `do $$
     begin
         if not exists (select 1 from pg_roles where rolname = '${readerRole}') then
             create role ${readerRole} nologin;
         end if;
     exception
         when duplicate_object or unique_violation then null;
         when insufficient_privilege then
             raise exception 'this user may not create roles; ask an administrator for: create role ${readerRole} nologin'
                 using errcode = '42501';
     end $$`,
  );
}

/**
 * Lets the role's creator also act as it, as the web page does: on Postgres 16 and newer a creator
 * needs a grant for that. Does nothing where an administrator has created the role; superusers need
 * no membership.
 */
async function joinReaders(client: ClientBase): Promise<void> {
  await client.query(
    `do $$
     begin
         if not pg_has_role('${readerRole}', case when current_setting('server_version_num')::integer < 160000 then 'member' else 'set' end) then
             execute format('grant ${readerRole} to %I', current_user);
         end if;
     exception
         when insufficient_privilege then null;
     end $$`,
  );
}

async function createPersonal(client: ClientBase): Promise<boolean> {
  await client.query(
    `do $$
     begin
         if not exists (select 1 from pg_roles where rolname = '${personalRole}') then
             create role ${personalRole} nologin;
         end if;
         if not pg_has_role('${personalRole}', '${readerRole}', 'member') then
             grant ${readerRole} to ${personalRole};
         end if;
     exception
         when duplicate_object or unique_violation or insufficient_privilege then null;
     end $$`,
  );
  return hasPersonalRole(client);
}
