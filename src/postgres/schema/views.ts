import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { isLockTimeout } from '../connection/holders.js';
import { transactionOn } from '../connection/transaction.js';
import { type LockBudget, type LockPatience, withLockRetries } from './lock-wait.js';
import { readSetting, writeSetting } from './settings.js';

const sqlDirectory = fileURLToPath(new URL('../../../sql/', import.meta.url));
const readerRole = 'genesys_reader';
/** SQLSTATE of what cannot be dropped because something else needs it. */
const dependentObjects = '2BP01';

export interface ViewSettings {
  /** IANA zone of the `_local` columns. */
  readonly timeZone: string;
}

interface SqlFile {
  /** `schema.name` of the view, or the file name of a function file. */
  readonly name: string;
  readonly text: string;
}

/**
 * Rebuilds all functions and views in one transaction, so that a reader sees the old set or the new one; does nothing when files and
 * settings are those of the last time. Views are dropped without cascade: a view of the user's that stands on ours stops it, by name.
 * To be called under the lock of migrations.
 */
export async function buildViews(client: pg.PoolClient, settings: ViewSettings, patience: LockPatience): Promise<void> {
  const { functions, views } = await readAllFiles();
  const digest = digestOf([...functions, ...views], settings);
  if (await areBuilt(client, views, digest)) return;
  const rebuild = (budget: LockBudget) =>
    transactionOn(client, async () => {
      await dropViews(client, budget);
      for (const file of [...functions, ...views]) {
        await budget.renew();
        await runFile(client, file, settings);
      }
      await grantToReader(client);
      await writeSetting(client, 'views_digest', digest);
      await writeSetting(client, 'time_zone', settings.timeZone);
    });
  await withLockRetries(client, 'The views cannot be rebuilt', rebuild, patience);
}

/** Whether views and functions are those that `buildViews` would make. */
export async function areViewsBuilt(client: pg.ClientBase, settings: ViewSettings): Promise<boolean> {
  const { functions, views } = await readAllFiles();
  return areBuilt(client, views, digestOf([...functions, ...views], settings));
}

async function areBuilt(client: pg.ClientBase, views: readonly SqlFile[], digest: string): Promise<boolean> {
  return (await readSetting(client, 'views_digest')) === digest && (await allExist(client, views));
}

async function readAllFiles(): Promise<{ functions: SqlFile[]; views: SqlFile[] }> {
  const functions = [...(await readSqlFiles('functions', 'genesys')), ...(await readSqlFiles('genesys', 'genesys'))];
  const views = inDependencyOrder([
    ...(await readSqlFiles('intermediate', 'genesys')),
    ...(await readSqlFiles('mart', 'mart')),
  ]);
  return { functions, views };
}

async function readSqlFiles(folder: string, schema: string): Promise<SqlFile[]> {
  const directory = `${sqlDirectory}${folder}/`;
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: `${schema}.${name.slice(0, -'.sql'.length)}`,
      text: await readFile(directory + name, 'utf8'),
    })),
  );
}

/** A view stands behind every view that its text names. */
export function inDependencyOrder(files: readonly SqlFile[]): SqlFile[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const done = new Set<string>();
  const ordered: SqlFile[] = [];
  const visit = (file: SqlFile, path: readonly string[]): void => {
    if (done.has(file.name)) return;
    if (path.includes(file.name)) throw new Error(`Views depend on each other in a circle: ${path.join(' → ')}`);
    for (const match of file.text.matchAll(/\b(?:mart|genesys)\.[a-z_0-9]+/g)) {
      const needed = byName.get(match[0]);
      if (needed !== undefined && needed !== file) visit(needed, [...path, file.name]);
    }
    done.add(file.name);
    ordered.push(file);
  };
  for (const file of files) visit(file, []);
  return ordered;
}

async function runFile(client: pg.PoolClient, file: SqlFile, settings: ViewSettings): Promise<void> {
  const text = file.text.replaceAll('{{time_zone}}', pg.escapeLiteral(settings.timeZone));
  try {
    await client.query(text);
  } catch (error) {
    if (isLockTimeout(error)) throw error;
    throw new Error(`View ${file.name} could not be built: ${(error as Error).message}`, { cause: error });
  }
}

async function dropViews(client: pg.PoolClient, budget: LockBudget): Promise<void> {
  // Newest first: a view always has a higher oid than those it was built on.
  const { rows } = await client.query<{ view: string }>(
    `select format('%I.%I', n.nspname, c.relname) as view
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'v' and (n.nspname = 'mart' or (n.nspname = 'genesys' and c.relname like 'int\\_%'))
     order by c.oid desc`,
  );
  for (const { view } of rows) {
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

async function allExist(client: pg.ClientBase, views: readonly SqlFile[]): Promise<boolean> {
  const { rows } = await client.query(
    'select bool_and(to_regclass(name) is not null) as ok from unnest($1::text[]) as name',
    [views.map((view) => view.name)],
  );
  return rows[0].ok === true;
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

function digestOf(files: readonly SqlFile[], settings: ViewSettings): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of files) hash.update(file.name).update('\0').update(file.text).update('\0');
  return hash.digest('hex');
}
