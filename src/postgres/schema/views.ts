import { createHash } from 'node:crypto';
import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { isLockTimeout } from '../connection/holders.js';
import { transactionOn } from '../connection/transaction.js';
import { fillDimensionTables } from './dimension-tables.js';
import { type LockBudget, type LockPatience, withLockRetries } from './lock-wait.js';
import { grantToReaders } from './reader-roles.js';
import { readSetting, writeSetting } from './settings.js';
import { readFunctionFiles, readViewFiles, type SqlFile, statementsOf, type ViewSettings } from './sql-files.js';
import { readColumns, readStandingViews, restoreGrants, type StandingView } from './standing-views.js';

export { inDependencyOrder, type ViewSettings } from './sql-files.js';

/** SQLSTATE of what cannot be dropped because something else needs it. */
const dependentObjects = '2BP01';
/** Where the columns of a view are looked at before it takes another's place. */
const draftView = 'genesys.int_draft';
/** Names of the views that this program has built, so that those of others beside them are left alone. */
const builtSetting = 'views_built';
const lastLine = 'select * from final;';

/**
 * Rebuilds all functions and views in one transaction, so that a reader sees the old set or the new one; does nothing when files and
 * settings are those of the last time. Grants of others survive. So do views of others, as long as ours keep the columns they had:
 * then new columns come last. Otherwise nothing is changed and a UsageError names the view and what depends on it. To be called under
 * the lock of migrations.
 */
export async function buildViews(client: pg.PoolClient, settings: ViewSettings, patience: LockPatience): Promise<void> {
  const [functions, views] = await Promise.all([readFunctionFiles(), readViewFiles()]);
  const digest = digestOf([...functions, ...views], settings);
  if (await areBuilt(client, views, digest)) return;
  const rebuild = (budget: LockBudget) =>
    transactionOn(client, async () => {
      await replaceViews(client, { functions, views, settings, budget });
      await fillDimensionTables(client);
      await grantToReaders(client);
      await writeSetting(client, 'views_digest', digest);
      await writeSetting(client, builtSetting, JSON.stringify(views.map(({ name }) => name)));
      await writeSetting(client, 'time_zone', settings.timeZone);
    });
  await withLockRetries(client, 'The views cannot be rebuilt', rebuild, patience);
}

/** Whether functions and views are those that `buildViews` would make. */
export async function areViewsBuilt(client: pg.ClientBase, settings: ViewSettings): Promise<boolean> {
  const [functions, views] = await Promise.all([readFunctionFiles(), readViewFiles()]);
  return areBuilt(client, views, digestOf([...functions, ...views], settings));
}

async function areBuilt(client: pg.ClientBase, views: readonly SqlFile[], digest: string): Promise<boolean> {
  return (await readSetting(client, 'views_digest')) === digest && (await allExist(client, views));
}

interface Rebuild {
  readonly functions: readonly SqlFile[];
  readonly views: readonly SqlFile[];
  readonly settings: ViewSettings;
  readonly budget: LockBudget;
}

/** Views on which nothing of others depends make room for new ones; those with dependents are replaced in their place. */
async function replaceViews(client: pg.PoolClient, { functions, views, settings, budget }: Rebuild): Promise<void> {
  const names = new Set(views.map(({ name }) => name));
  const standing = await readStandingViews(client, await readBuilt(client, names));
  const kept = new Map(
    standing.filter(isDependedOn).flatMap((view) => (names.has(view.name) ? [[view.name, view]] : [])),
  );
  const replaced = standing.filter((view) => kept.get(view.name) !== view);
  for (const view of replaced) await setAside(client, view, budget);
  for (const file of functions) await runFile(client, file, statementsOf(file, settings), budget);
  for (const file of views) {
    const text = statementsOf(file, settings);
    const before = kept.get(file.name);
    await runFile(client, file, before === undefined ? text : await inPlace(client, file.name, text, before), budget);
  }
  for (const view of replaced) {
    if (names.has(view.name)) await restoreGrants(client, view);
  }
  await dropAside(client, replaced);
}

/** Also those of this version: half of a rebuild may stand where somebody took a setting away. */
async function readBuilt(client: pg.PoolClient, names: ReadonlySet<string>): Promise<string[] | undefined> {
  const built = await readSetting(client, builtSetting);
  return built === undefined ? undefined : [...new Set([...(JSON.parse(built) as string[]), ...names])];
}

const isDependedOn = (view: StandingView): boolean => view.dependents.length > 0;
const asideName = (view: StandingView): string => `old_${view.oid}`;
const schemaOf = (name: string): string => name.slice(0, name.indexOf('.'));

async function setAside(client: pg.PoolClient, view: StandingView, budget: LockBudget): Promise<void> {
  await budget.renew();
  await client.query(`alter view ${view.name} rename to ${asideName(view)}`);
}

async function runFile(client: pg.PoolClient, file: SqlFile, text: string, budget: LockBudget): Promise<void> {
  await budget.renew();
  try {
    await client.query(text);
  } catch (error) {
    if (isLockTimeout(error) || error instanceof UsageError) throw error;
    throw new Error(`View ${file.name} could not be built: ${(error as Error).message}`, { cause: error });
  }
}

/** The statements of a view that keeps the object it is: what it has keeps its name, type and position, what is new comes last. */
async function inPlace(client: pg.PoolClient, name: string, text: string, before: StandingView): Promise<string> {
  const create = `create view ${name} as\n`;
  const query = text.slice(text.indexOf(create) + create.length, text.indexOf(lastLine) + lastLine.length);
  await client.query(`create view ${draftView} as ${query}`);
  const after = await readColumns(client, draftView);
  await client.query(`drop view ${draftView}`);
  const types = new Map(after.map((column) => [column.name, column.type]));
  const lost = before.columns.filter((column) => types.get(column.name) !== column.type);
  if (lost.length > 0)
    throw dependedOn(
      `View ${before.name}`,
      before.dependents,
      lost.map((column) => column.name),
    );
  const known = new Set(before.columns.map((column) => column.name));
  const columns = [...before.columns, ...after.filter((column) => !known.has(column.name))];
  const names = columns.map((column) => pg.escapeIdentifier(column.name)).join(', ');
  return text.replace(create, `create or replace view ${name} as\n`).replace(lastLine, `select ${names} from final;`);
}

/** In one statement, which sorts out what depends on what among them. They are locked since they were set aside. */
async function dropAside(client: pg.PoolClient, views: readonly StandingView[]): Promise<void> {
  if (views.length === 0) return;
  const list = views.map((view) => `${schemaOf(view.name)}.${asideName(view)}`).join(', ');
  try {
    await client.query(`drop view ${list}`);
  } catch (error) {
    if ((error as { code?: string }).code !== dependentObjects) throw error;
    const detail = (error as { detail?: string }).detail ?? (error as Error).message;
    const named = views.reduce(
      (text, view) => text.replaceAll(`${schemaOf(view.name)}.${asideName(view)}`, view.name),
      detail,
    );
    throw dependedOn('A view', [named], []);
  }
}

function dependedOn(subject: string, dependents: readonly string[], columns: readonly string[]): UsageError {
  const why = columns.length === 0 ? '' : ` and ${columns.join(', ')} changed or are gone`;
  return new UsageError(
    `${subject} cannot be rebuilt because something of yours depends on it (${dependents.join(', ')})${why}. Drop that, run migrate and create it again.`,
  );
}

async function allExist(client: pg.ClientBase, views: readonly SqlFile[]): Promise<boolean> {
  const { rows } = await client.query(
    'select bool_and(to_regclass(name) is not null) as ok from unnest($1::text[]) as name',
    [views.map((view) => view.name)],
  );
  return rows[0].ok === true;
}

function digestOf(files: readonly SqlFile[], settings: ViewSettings): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of files) hash.update(file.name).update('\0').update(file.text).update('\0');
  return hash.digest('hex');
}
