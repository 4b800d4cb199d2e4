import type pg from 'pg';

/** Stores the current policy for personal data, for `mart.ops_settings`; writes nothing if it is unchanged. */
export async function keepPrivacyPolicy(pool: pg.Pool, policy: string): Promise<void> {
  await pool.query(
    `insert into extract.settings (name, value) values ('privacy_policy', $1)
     on conflict (name) do update set value = excluded.value where settings.value <> excluded.value`,
    [policy],
  );
}
