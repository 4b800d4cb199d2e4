import type { ClientBase } from 'pg';

export interface Definitions {
  /** `schema.name` each. */
  readonly views: readonly string[];
  readonly functions: readonly string[];
}

/**
 * Computes a digest of what views and functions do, from the statements that the database keeps of
 * them. Comments are ignored, so that a reworded sentence does not cause months of facts to be
 * recomputed.
 */
export async function fingerprintOf(client: ClientBase, { views, functions }: Definitions): Promise<string> {
  const { rows } = await client.query<{ digest: string }>(
    `select md5(string_agg(text, e'\\n' order by name)) as digest
     from (
         select name, pg_get_viewdef(name::regclass) as text from unnest($1::text[]) as name
         union all
         select name, (select prosrc from pg_proc where oid = name::regproc) as text from unnest($2::text[]) as name
     ) as definitions`,
    [views, functions],
  );
  return rows[0]?.digest as string;
}
