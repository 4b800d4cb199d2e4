/** Writes the functions and views of a database as statements, from its catalog. */
import type pg from 'pg';

export const ownSchemas: readonly string[] = ['extract', 'genesys', 'mart', 'wrapup', 'federation'];

/**
 * Returns statements that create the functions, views, comments and grants that a database has, in a database that has its tables.
 * Migrations have made some of them already. To be used on a new database: there, ids grow in the order of creation.
 */
export async function objectStatements(client: pg.ClientBase): Promise<string[]> {
  return [
    'set check_function_bodies = off;',
    ...(await textsOf(client, dropViews)),
    ...(await textsOf(client, dropFunctions)),
    ...(await textsOf(client, schemas)),
    ...(await textsOf(client, objects)),
    ...(await textsOf(client, comments)),
    ...(await textsOf(client, grants)),
    'reset check_function_bodies;',
  ];
}

async function textsOf(client: pg.ClientBase, query: string): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(query, [ownSchemas]);
  return rows.map(({ text }) => text);
}

const dropViews = `select format('drop view if exists %s cascade;', c.oid::regclass) as text
  from pg_class as c join pg_namespace as n on n.oid = relnamespace
  where nspname = any($1) and relkind = 'v' order by c.oid`;

/** A migration may have named arguments otherwise. Functions that triggers, columns and indexes use have not changed since. */
const dropFunctions = `select format('drop routine if exists %s cascade;', p.oid::regprocedure) as text
  from pg_proc as p join pg_namespace as n on n.oid = pronamespace
  where nspname = any($1) and prokind in ('f', 'p') and not exists (
    select from pg_depend
    where refclassid = 'pg_proc'::regclass and refobjid = p.oid
        and classid not in ('pg_proc'::regclass, 'pg_rewrite'::regclass)
  )
  order by p.oid`;

const schemas = `select format(E'create schema if not exists %I;\\ncomment on schema %1$I is %L;', nspname, obj_description(oid)) as text
  from pg_namespace where nspname = any($1) order by oid`;

const objects = `select text from (
    select c.oid, format(
        'create view %s%s as %s', c.oid::regclass,
        coalesce(' with (' || array_to_string(reloptions, ', ') || ')', ''), pg_get_viewdef(c.oid)
    ) as text
    from pg_class as c join pg_namespace as n on n.oid = relnamespace
    where nspname = any($1) and relkind = 'v'
    union all
    select p.oid, pg_get_functiondef(p.oid) || ';'
    from pg_proc as p join pg_namespace as n on n.oid = pronamespace
    where nspname = any($1) and prokind in ('f', 'p')
) as objects order by oid`;

/** Selects the comments on views, their columns and functions. */
const comments = `select text from (
    select c.oid, objsubid, format(
        'comment on %s is %L;',
        case when objsubid = 0 then format('view %s', c.oid::regclass)
            else format('column %s.%I', c.oid::regclass, attname) end, description
    ) as text
    from pg_description as d
    join pg_class as c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass and relkind = 'v'
    join pg_namespace as n on n.oid = relnamespace
    left join pg_attribute on attrelid = c.oid and attnum = objsubid
    where nspname = any($1)
    union all
    select p.oid, 0, format('comment on routine %s is %L;', p.oid::regprocedure, description)
    from pg_description as d
    join pg_proc as p on p.oid = d.objoid and d.classoid = 'pg_proc'::regclass
    join pg_namespace as n on n.oid = pronamespace
    where nspname = any($1) and prokind in ('f', 'p')
) as comments order by oid, objsubid`;

/** Selects the rights of everybody but the owner; what the public may not do with a function is revoked first. */
const grants = `select text from (
    select 1 as part, format('revoke all on routine %s from public;', p.oid::regprocedure) as text
    from pg_proc as p join pg_namespace as n on n.oid = pronamespace
    where nspname = any($1) and prokind in ('f', 'p') and proacl is not null
        and not exists (select from aclexplode(proacl) as entry where entry.grantee = 0)
    union all
    select 2, format('grant %s on %s to %s;', privilege_type, what, case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end)
    from (
        select relowner as owner, format('table %s', c.oid::regclass) as what, relacl as acl
        from pg_class as c join pg_namespace as n on n.oid = relnamespace
        where nspname = any($1) and relkind in ('r', 'p', 'v') and not relispartition and relname <> 'schema_migrator'
        union all
        select nspowner, format('schema %I', nspname), nspacl from pg_namespace where nspname = any($1)
        union all
        select proowner, format('routine %s', p.oid::regprocedure), proacl
        from pg_proc as p join pg_namespace as n on n.oid = pronamespace
        where nspname = any($1) and prokind in ('f', 'p')
    ) as things, aclexplode(acl) as entry
    where grantee <> owner
) as grants order by part, text`;
