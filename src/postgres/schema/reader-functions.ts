/** Functions that the views of `mart` call: a reader of a view needs the right to execute them. */
import type { ClientBase } from 'pg';

const ourSchemas = ['extract', 'genesys', 'mart', 'wrapup'];

/**
 * SQL of the functions (`function`, a regprocedure) that reading `mart` needs: those that its views call, also through other views, and
 * those that these call with the rights of their caller.
 */
const neededFunctions = `
with recursive used_views as (
    select oid from pg_class where relnamespace = 'mart'::regnamespace and relkind = 'v'
    union
    select depends.refobjid
    from used_views
    join pg_rewrite as rule on rule.ev_class = used_views.oid
    join pg_depend as depends on depends.classid = 'pg_rewrite'::regclass and depends.objid = rule.oid
        and depends.refclassid = 'pg_class'::regclass
),

own_functions as (
    select pg_proc.oid, nspname || '.' || proname as name, prosrc, prosecdef
    from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
    where nspname = any($1)
),

needed as (
    select own_functions.oid, prosrc, prosecdef
    from used_views
    join pg_rewrite as rule on rule.ev_class = used_views.oid
    join pg_depend as depends on depends.classid = 'pg_rewrite'::regclass and depends.objid = rule.oid
        and depends.refclassid = 'pg_proc'::regclass
    join own_functions on own_functions.oid = depends.refobjid
    union
    select called.oid, called.prosrc, called.prosecdef
    from needed
    join own_functions as called on not needed.prosecdef and (
        needed.prosrc ~ ('\\m' || replace(called.name, '.', '\\.') || '\\(')
        -- Bodies of standard SQL are kept as what they depend on.
        or exists (
            select from pg_depend
            where classid = 'pg_proc'::regclass and objid = needed.oid
                and refclassid = 'pg_proc'::regclass and refobjid = called.oid
        )
    )
)

select distinct oid::regprocedure::text as function from needed order by 1`;

export async function functionsOfMarts(client: Pick<ClientBase, 'query'>): Promise<string[]> {
  const { rows } = await client.query<{ function: string }>(neededFunctions, [ourSchemas]);
  return rows.map((row) => row.function);
}

/** Lets `role` execute what reading `mart` needs, and of the other functions of our schemas none by a grant of its own. */
export async function grantFunctions(client: ClientBase, role: string): Promise<void> {
  const needed = await functionsOfMarts(client);
  for (const name of await grantedFunctions(client, role)) {
    if (!needed.includes(name)) await client.query(`revoke execute on routine ${name} from ${role}`);
  }
  if (needed.length > 0) await client.query(`grant execute on routine ${needed.join(', ')} to ${role}`);
}

async function grantedFunctions(client: ClientBase, role: string): Promise<string[]> {
  const { rows } = await client.query<{ function: string }>(
    `select pg_proc.oid::regprocedure::text as function
     from pg_proc
     join pg_namespace on pg_namespace.oid = pronamespace
     cross join aclexplode(proacl) as granted
     where nspname = any($1) and grantee = to_regrole($2)`,
    [ourSchemas, role],
  );
  return rows.map((row) => row.function);
}
