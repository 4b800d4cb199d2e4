/** `extract.settings`: what the program remembers about a database, text by name. */
import type { ClientBase } from 'pg';

export async function readSetting(client: ClientBase, name: string): Promise<string | undefined> {
  const { rows } = await client.query<{ value: string }>('select value from extract.settings where name = $1', [name]);
  return rows[0]?.value;
}

export async function writeSetting(client: ClientBase, name: string, value: string): Promise<void> {
  await client.query(
    'insert into extract.settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
    [name, value],
  );
}
