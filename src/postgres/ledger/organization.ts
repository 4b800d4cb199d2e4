import type pg from 'pg';
import { readSetting, writeSetting } from '../schema/settings.js';

export interface Organization {
  readonly id: string;
  /** Null if the API returned none. */
  readonly name: string | null;
}

export interface StoredOrganization extends Organization {
  /** Credentials, as digests, that are known to belong to it. */
  readonly clients: readonly string[];
  readonly checkedAt: Date;
}

const names = {
  id: 'organization_id',
  name: 'organization_name',
  clients: 'organization_clients',
  checkedAt: 'organization_checked_at',
} as const;
const separator = ' ';

/** Reads the organisation whose data this database holds; undefined before the first pull. */
export async function readOrganization(pool: pg.Pool): Promise<StoredOrganization | undefined> {
  const { rows } = await pool.query<{ name: string; value: string }>(
    'select name, value from extract.settings where name = any($1)',
    [Object.values(names)],
  );
  const values = new Map(rows.map(({ name, value }) => [name, value]));
  const id = values.get(names.id);
  if (id === undefined) return undefined;
  return {
    id,
    name: values.get(names.name) ?? null,
    clients: (values.get(names.clients) ?? '').split(separator),
    checkedAt: new Date(values.get(names.checkedAt) ?? 0),
  };
}

/** Stores the organisation if none is stored, and the client and the name if it is the same. Returns the stored one. */
export async function keepOrganization(
  client: pg.ClientBase,
  organization: Organization,
  by: { readonly client: string; readonly at: Date },
): Promise<string> {
  await client.query('insert into extract.settings (name, value) values ($1, $2) on conflict (name) do nothing', [
    names.id,
    organization.id,
  ]);
  // Of two processes that start with different organisations, one waits here for the other and then
  // sees its row.
  const { rows } = await client.query<{ value: string }>(
    'select value from extract.settings where name = $1 for update',
    [names.id],
  );
  const kept = rows[0]?.value ?? organization.id;
  if (kept !== organization.id) return kept;
  const clients = ((await readSetting(client, names.clients)) ?? '').split(separator).filter((each) => each !== '');
  await writeSetting(client, names.clients, [...new Set([...clients, by.client])].join(separator));
  await writeSetting(client, names.checkedAt, by.at.toISOString());
  if (organization.name !== null) await writeSetting(client, names.name, organization.name);
  return kept;
}
