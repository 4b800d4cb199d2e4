import type pg from 'pg';

/** Returns the content of all tables as text, in which a test searches for what must not be stored. */
export async function databaseText(pool: pg.Pool, left: (table: string) => boolean = () => false): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class as c join pg_namespace as n on n.oid = relnamespace
     where nspname in ('extract', 'genesys', 'wrapup', 'public') and relkind in ('r', 'p') and not relispartition order by 1`,
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    if (left(name)) continue;
    const found = await pool.query<{ text: string | null }>(
      `select string_agg(row::text, e'\\n') as text from ${name} as row`,
    );
    texts.push(`${name}\n${found.rows[0]?.text ?? ''}`);
  }
  return texts.join('\n');
}
