/**
 * The views that a database has before a rebuild: their columns, their grants and foreign objects
 * that depend on them.
 */
import type { ClientBase } from 'pg';

export interface ViewColumn {
  readonly name: string;
  readonly type: string;
}

export interface ViewGrant {
  /** Already quoted; `public` for everybody. */
  readonly grantee: string;
  readonly privilege: string;
  readonly isGrantable: boolean;
  /** Quoted; null for a grant on the whole view. */
  readonly column: string | null;
}

export interface ExistingView {
  readonly oid: string;
  /** `schema.name`, quoted where it must be. */
  readonly name: string;
  readonly columns: readonly ViewColumn[];
  readonly grants: readonly ViewGrant[];
  /** Descriptions of objects of others, such as `view reports.mine`; empty for most. */
  readonly dependents: readonly string[];
}

/**
 * Reads the views that this program has built, newest first, because a view is newer than those on
 * which it depends. They are the named ones, or, without names (before version 0.2), all with a
 * comment in schemas `extract` and `mart` and the intermediate ones of schema `genesys`.
 */
export async function readExistingViews(
  client: ClientBase,
  built: readonly string[] | undefined,
): Promise<ExistingView[]> {
  const { rows } = await client.query<Omit<ExistingView, 'grants'> & { grants: readonly ViewGrant[] | null }>(
    `with
     ours as (
         -- Quoted where a name needs it; the schema extract does not, and its files name it without quotes.
         select c.oid, replace(format('%I.%I', n.nspname, c.relname), '"extract".', 'extract.') as name, c.relacl, c.relowner, c.reltype
         from pg_class as c
         inner join pg_namespace as n on n.oid = c.relnamespace
         where c.relkind = 'v' and (n.nspname in ('extract', 'mart') or (n.nspname = 'genesys' and c.relname like 'int\\_%'))
             and case
                 when $1::text[] is null then n.nspname = 'genesys' or obj_description(c.oid, 'pg_class') is not null
                 else n.nspname || '.' || c.relname = any($1::text[])
             end
     ),
     granted as (
         select ours.oid, acl.*, null as column_name
         from ours, aclexplode(ours.relacl) as acl
         where acl.grantee <> ours.relowner
         union all
         select ours.oid, acl.*, a.attname
         from ours
         inner join pg_attribute as a on a.attrelid = ours.oid and a.attnum > 0 and not a.attisdropped, aclexplode(a.attacl) as acl
         where acl.grantee <> ours.relowner
     ),
     dependents as (
         select distinct
             d.refobjid as oid,
             pg_describe_object(
                 coalesce(rule_of.classid, d.classid), coalesce(rule_of.objid, d.objid), 0
             ) as description
         from pg_depend as d
         left join lateral (
             select 'pg_class'::regclass::oid as classid, r.ev_class as objid
             from pg_rewrite as r where d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
         ) as rule_of on true
         where d.refclassid = 'pg_class'::regclass and d.refobjid in (select oid from ours) and d.deptype in ('n', 'a')
             and coalesce(rule_of.objid, 0) not in (select oid from ours)
         union
         select ours.oid, pg_describe_object(d.classid, d.objid, 0)
         from pg_depend as d
         inner join ours on d.refobjid = ours.reltype
         where d.refclassid = 'pg_type'::regclass and d.deptype = 'n' and d.classid <> 'pg_rewrite'::regclass
     )
     select
         ours.oid::text,
         ours.name,
         (
             select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
             from pg_attribute as a where a.attrelid = ours.oid and a.attnum > 0 and not a.attisdropped
         ) as columns,
         (
             select json_agg(json_build_object(
                 'grantee', case when granted.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(granted.grantee)) end,
                 'privilege', granted.privilege_type,
                 'isGrantable', granted.is_grantable,
                 'column', quote_ident(granted.column_name)
             ))
             from granted where granted.oid = ours.oid
         ) as grants,
         array(select description from dependents where dependents.oid = ours.oid order by 1) as dependents
     from ours
     order by ours.oid desc`,
    [built ?? null],
  );
  return rows.map((row) => ({ ...row, grants: row.grants ?? [] }));
}

export async function readColumns(client: ClientBase, view: string): Promise<ViewColumn[]> {
  const { rows } = await client.query<ViewColumn>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`,
    [view],
  );
  return rows;
}

/** Restores the grants of a rebuilt view, except to roles that no longer exist. */
export async function restoreGrants(client: ClientBase, view: ExistingView): Promise<void> {
  for (const { grantee, privilege, isGrantable, column } of view.grants) {
    const what = column === null ? privilege : `${privilege} (${column})`;
    const option = isGrantable ? ' with grant option' : '';
    await client.query(`grant ${what} on ${view.name} to ${grantee}${option}`);
  }
}
