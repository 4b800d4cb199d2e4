/** Builds the functions and views of folder `sql` in the database, as one set. */
import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { lockKeys } from '../connection/locks.js';
import { transactionOn } from '../connection/transaction.js';
import { isLockTimeout, type LockBudget, type LockPatience, withLockRetries } from './lock-wait.js';
import { readSetting, writeSetting } from './settings.js';
import { digestsOf, readSqlFiles, type SqlFile } from './sql-files.js';

const readerRole = 'genesys_reader';
/** SQLSTATE of what cannot be dropped because something else needs it. */
const dependentObjects = '2BP01';
const digestSetting = 'views_digest';

export interface ViewSettings {
  /** IANA zone of the `_local` columns. */
  readonly timeZone: string;
}

/**
 * Builds all functions and views in one transaction, so that a reader sees the old set or the new one; does nothing when files and
 * settings are those of the last time. Only views that changed, or that stand on one that did, are dropped and created again: loads read
 * some of the others. They are dropped without cascade: a view of the user's that stands on one of ours stops it, by name.
 */
export async function buildViews(client: pg.PoolClient, settings: ViewSettings, patience: LockPatience): Promise<void> {
  const files = await readSqlFiles(pg.escapeLiteral(settings.timeZone));
  const digests = digestsOf(files);
  const recorded = await readDigests(client);
  const missing = await missingOf(client, files);
  const isCurrent = (name: string) =>
    digests.has(name) && recorded.get(name) === digests.get(name) && !missing.has(name);
  if (recorded.size === digests.size && files.every(({ name }) => isCurrent(name))) return;
  const rebuild = (budget: LockBudget) =>
    transactionOn(client, async () => {
      await budget.renew();
      await client.query('select pg_advisory_xact_lock($1)', [lockKeys.views]);
      await dropViews(client, budget, isCurrent);
      for (const file of files) {
        if (file.isView && isCurrent(file.name)) continue;
        await budget.renew();
        await runFile(client, file);
      }
      await grantToReader(client);
      await writeSetting(client, digestSetting, JSON.stringify(Object.fromEntries(digests)));
      await writeSetting(client, 'time_zone', settings.timeZone);
    });
  await withLockRetries(client, 'The views cannot be rebuilt', rebuild, patience);
}

/** Digests of the last time by name; empty when an older version built the views, so that all are built again. */
async function readDigests(client: pg.PoolClient): Promise<Map<string, string>> {
  const text = await readSetting(client, digestSetting);
  if (text === undefined || !text.startsWith('{')) return new Map();
  return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
}

async function missingOf(client: pg.PoolClient, files: readonly SqlFile[]): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[], $2::boolean[]) as wanted (name, is_view)
     where case when is_view then to_regclass(name) is null else to_regproc(name) is null end`,
    [files.map(({ name }) => name), files.map(({ isView }) => isView)],
  );
  return new Set(rows.map(({ name }) => name));
}

async function runFile(client: pg.PoolClient, file: SqlFile): Promise<void> {
  try {
    await client.query(file.text);
  } catch (error) {
    if (isLockTimeout(error)) throw error;
    const kind = file.isView ? 'View' : 'Function';
    throw new Error(`${kind} ${file.name} could not be built: ${(error as Error).message}`, { cause: error });
  }
}

async function dropViews(
  client: pg.PoolClient,
  budget: LockBudget,
  isCurrent: (name: string) => boolean,
): Promise<void> {
  // Newest first: a view always has a higher oid than those it was built on.
  const { rows } = await client.query<{ name: string; view: string }>(
    `select format('%s.%s', n.nspname, c.relname) as name, format('%I.%I', n.nspname, c.relname) as view
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'v' and (n.nspname in ('extract', 'mart') or (n.nspname = 'genesys' and c.relname like 'int\\_%'))
     order by c.oid desc`,
  );
  for (const { name, view } of rows) {
    if (isCurrent(name)) continue;
    try {
      await budget.renew();
      await client.query(`drop view ${view}`);
    } catch (error) {
      if (isLockTimeout(error) || (error as { code?: string }).code !== dependentObjects) throw error;
      const detail = (error as { detail?: string }).detail ?? (error as Error).message;
      throw new UsageError(
        `View ${view} cannot be rebuilt because something of yours stands on it (${detail}); drop that first and create it again afterwards.`,
        { cause: error },
      );
    }
  }
}

async function grantToReader(client: pg.PoolClient): Promise<void> {
  // Roles belong to the whole server: another database's migration may create it between the check and the statement.
  await client.query(
    `do $$
     begin
         if not exists (select 1 from pg_roles where rolname = '${readerRole}') then
             create role ${readerRole} nologin;
         end if;
     exception
         when duplicate_object or unique_violation then null;
         when insufficient_privilege then
             raise exception 'this user may not create roles; ask an administrator for: create role ${readerRole} nologin'
                 using errcode = '42501';
     end $$`,
  );
  await client.query(`grant usage on schema mart to ${readerRole}`);
  await client.query(`grant select on all tables in schema mart to ${readerRole}`);
}
