import type pg from 'pg';
import type { FederatedRelation } from './relations.js';
import { dataSchema, partitionName } from './tables.js';

/** A page of foreign rows, as far as planners care. */
const rowsPerPage = 50;
/** So that a sum over facts is always fewer rows than what it is over. */
const factRowsMin = 10_000;
const rowsMin = 1_000;

const rowsMinOf = (relation: string): number => (/^(fct|rpt)_/.test(relation) ? factRowsMin : rowsMin);

/**
 * Notes in the catalogue how many rows the members expect, which a planner would else take for a thousand. Nothing is read for it, unlike
 * for `analyze`, which fetches every row. Returns false where this server lets only a superuser do so and the role is none.
 */
export async function noteRowCounts(client: pg.ClientBase, relations: readonly FederatedRelation[]): Promise<boolean> {
  const expected = relations.flatMap(({ name, members }) =>
    members.map((member) => ({
      table: partitionName(name, member.name),
      rows: Math.max(member.rows, rowsMinOf(name)),
    })),
  );
  const { rows } = await client.query<{ hasFunction: boolean; isSuperuser: boolean }>(
    `select exists (select from pg_proc where proname = 'pg_restore_relation_stats') as "hasFunction",
         (select rolsuper from pg_roles where rolname = current_user) as "isSuperuser"`,
  );
  const tables = expected.map(({ table }) => table);
  const counts = expected.map((each) => each.rows);
  const pages = counts.map((count) => Math.ceil(count / rowsPerPage));
  if (rows[0]?.hasFunction) {
    await client.query(
      `select pg_restore_relation_stats('schemaname', $1::text, 'relname', t.name, 'relpages', t.pages, 'reltuples', t.rows)
       from unnest($2::text[], $3::integer[], $4::real[]) as t (name, pages, rows)`,
      [dataSchema, tables, pages, counts],
    );
    return true;
  }
  if (!rows[0]?.isSuperuser) return false;
  await client.query(
    `update pg_catalog.pg_class as c set relpages = t.pages, reltuples = t.rows
     from unnest($2::text[], $3::integer[], $4::real[]) as t (name, pages, rows)
     where c.relnamespace = $1::regnamespace and c.relname = t.name`,
    [dataSchema, tables, pages, counts],
  );
  return true;
}
