import type pg from 'pg';

/** Runs `work` with the given settings of the session, by name, and restores the previous values. */
export async function withSettings<T>(
  client: pg.ClientBase,
  settings: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const names = Object.keys(settings);
  const { rows } = await client.query<{ name: string; value: string }>(
    'select name, current_setting(name) as value from unnest($1::text[]) as name',
    [names],
  );
  await change(client, names, Object.values(settings));
  try {
    return await work();
  } finally {
    // A lost connection has lost its settings too; its error must not hide the first one.
    await change(
      client,
      rows.map(({ name }) => name),
      rows.map(({ value }) => value),
    ).catch(() => {});
  }
}

async function change(client: pg.ClientBase, names: readonly string[], values: readonly string[]): Promise<void> {
  await client.query(
    'select set_config(name, value, false) from unnest($1::text[], $2::text[]) as settings (name, value)',
    [names, values],
  );
}
