import type pg from 'pg';

/** Keeps the policy by which personal data is stored from now on, for `mart.ops_settings`; writes nothing where it is the same. */
export async function keepPrivacyPolicy(pool: pg.Pool, policy: string): Promise<void> {
  await pool.query(
    `insert into extract.settings (name, value) values ('privacy_policy', $1)
     on conflict (name) do update set value = excluded.value where settings.value <> excluded.value`,
    [policy],
  );
}
