import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { ownRelations } from './mart-views.js';
import type { FederatedRelation, MemberColumn } from './relations.js';
import { nextSchema } from './tables.js';

const directory = fileURLToPath(new URL('../../../sql/', import.meta.url));

type FederationFile = 'members' | 'functions' | 'operators' | 'gaps' | 'ops_members';

/** Runs a file of `sql/federation`. */
export async function runFederationFile(client: pg.ClientBase, name: FederationFile): Promise<void> {
  await client.query(await readFile(`${directory}federation/${name}.sql`, 'utf8'));
}

/** Makes the views that describe this database itself beside the tables, and returns them as relations. */
export async function buildOwnRelations(client: pg.ClientBase): Promise<FederatedRelation[]> {
  const relations: FederatedRelation[] = [];
  for (const name of ownRelations) {
    const text = await readFile(`${directory}mart/${name}.sql`, 'utf8');
    await client.query(text.replaceAll(`mart.${name}`, `${nextSchema}.${name}`));
    relations.push(await describe(client, name));
  }
  return relations;
}

async function describe(client: pg.ClientBase, name: string): Promise<FederatedRelation> {
  const { rows } = await client.query<MemberColumn & { relation_description: string }>(
    `select a.attname as name, format_type(a.atttypid, null) as type, col_description(a.attrelid, a.attnum) as description,
         obj_description(a.attrelid, 'pg_class') as relation_description
     from pg_attribute as a
     where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
     order by a.attnum`,
    [`${nextSchema}.${name}`],
  );
  return {
    name,
    description: rows[0]?.relation_description ?? null,
    columns: rows.map((row) => ({ name: row.name, type: row.type, description: row.description, missingFrom: [] })),
    members: [],
    missingFrom: [],
  };
}
