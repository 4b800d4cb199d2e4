import { createHash } from 'node:crypto';
import pg from 'pg';

/** The login that the demo prints for BI tools: it reads schema mart and nothing else, as analysts of a real warehouse do. */
const demoReader = 'demo_reader';
const passwordLength = 24;

/**
 * Creates the login, or resets its password, and returns its connection URL. The password is
 * derived from the owner's, so that connections stored in a BI tool work in the next demo as well.
 * `ownerUrl` is the embedded server's superuser.
 */
export async function createDemoReader(pool: pg.Pool, ownerUrl: string): Promise<string> {
  const url = new URL(ownerUrl);
  const password = passwordFrom(url.password);
  await pool.query(
    `do $$
     begin
         if to_regrole('demo_reader') is null then
             create role demo_reader in role genesys_reader;
         end if;
     end $$`,
  );
  await pool.query(`alter role demo_reader login password ${pg.escapeLiteral(password)}`);
  await pool.query(`alter role demo_reader set search_path = mart`);
  url.username = demoReader;
  url.password = password;
  return url.href;
}

function passwordFrom(ownerPassword: string): string {
  return createHash('sha256').update(`${demoReader}:${ownerPassword}`).digest('base64url').slice(0, passwordLength);
}
