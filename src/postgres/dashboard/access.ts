import type pg from 'pg';
import type { ReaderAccess } from '../../model/mart-reader.js';

/** Reads what the role may see beyond reports. Reads the catalog each time, so that a grant takes effect without a restart. */
export async function readAccess(pool: pg.Pool, role: string): Promise<ReaderAccess> {
  const { rows } = await pool.query<{ is_personal: boolean; is_owner: boolean }>(
    `select
         coalesce((select has_table_privilege(oid, 'select') from pg_class
             where relnamespace = 'mart'::regnamespace and relname = 'fct_attributes'), false) as is_personal,
         coalesce((select has_schema_privilege(oid, 'usage') from pg_namespace where nspname = 'genesys'), false) as is_owner`,
  );
  return { role, isPersonal: rows[0]?.is_personal === true, isOwner: rows[0]?.is_owner === true };
}

/**
 * Returns the original record, rebuilt from the tables; null if none is stored. This is the only
 * read outside schema mart.
 */
export async function readRecord(pool: pg.Pool, conversationId: string): Promise<unknown> {
  const { rows } = await pool.query<{ record: unknown }>('select genesys.conversation_json($1::uuid) as record', [
    conversationId,
  ]);
  return rows[0]?.record ?? null;
}
