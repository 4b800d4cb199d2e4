import { createHash } from 'node:crypto';
import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { lockKeys } from '../connection/locks.js';
import { transactionOn } from '../connection/transaction.js';
import { divisionCheck, withInnerChecks } from './division-check.js';
import { isLockTimeout, type LockBudget, type LockPatience, withLockRetries } from './lock-wait.js';
import { grantToReaders } from './reader-roles.js';
import { readSetting, writeSetting } from './settings.js';
import { readFunctionFiles, readViewFiles, type SqlFile, statementsOf, type ViewSettings } from './sql-files.js';
import { readColumns, readStandingViews, restoreGrants, type StandingView, type ViewColumn } from './standing-views.js';

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
 * then new columns come last. Otherwise nothing is changed and a UsageError names the view and what depends on it.
 */
export async function buildViews(client: pg.PoolClient, settings: ViewSettings, patience: LockPatience): Promise<void> {
  const [functions, views] = await Promise.all([readFunctionFiles(), readViewFiles()]);
  const digest = digestOf([...functions, ...views], settings);
  if ((await readSetting(client, 'views_digest')) === digest && (await allExist(client, views))) return;
  const rebuild = (budget: LockBudget) =>
    transactionOn(client, async () => {
      await budget.renew();
      await client.query('select pg_advisory_xact_lock($1)', [lockKeys.views]);
      await replaceViews(client, { functions, views, settings, budget });
      await grantToReaders(client);
      await writeSetting(client, 'views_digest', digest);
      await writeSetting(client, builtSetting, JSON.stringify(views.map(({ name }) => name)));
      await writeSetting(client, 'time_zone', settings.timeZone);
    });
  await withLockRetries(client, 'The views cannot be rebuilt', rebuild, patience);
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
    await runFile(client, file, await viewStatements(client, file, settings, kept.get(file.name)), budget);
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

/**
 * The statements of a view. `before` is the one whose place it takes, which keeps the object it is: what it has keeps its name, type and
 * position, what is new comes last. A view of `mart` gets its check of divisions, which makes it a security barrier: conditions of others
 * that could tell what they see are not tried on rows that the check leaves out.
 */
async function viewStatements(
  client: pg.PoolClient,
  file: SqlFile,
  settings: ViewSettings,
  before: StandingView | undefined,
): Promise<string> {
  const text = statementsOf(file, settings);
  const isMart = schemaOf(file.name) === 'mart';
  if (!isMart && before === undefined) return text;
  const create = `create view ${file.name} as\n`;
  const checked = withInnerChecks(text);
  const query = checked.slice(checked.indexOf(create) + create.length, checked.indexOf(lastLine) + lastLine.length);
  const columns = await columnsOfQuery(client, query);
  const names = before === undefined ? columns.map((column) => column.name) : inOrderOf(before, columns);
  const condition = isMart ? divisionCheck(file.name.slice('mart.'.length), text, names) : undefined;
  const barrier = condition === undefined && checked === text ? '' : ' with (security_barrier = true)';
  const selected = before === undefined ? '*' : names.map((name) => pg.escapeIdentifier(name)).join(', ');
  const where = condition === undefined ? '' : `\nwhere ${condition}`;
  return checked
    .replace(create, () => `create or replace view ${file.name}${barrier} as\n`)
    .replace(lastLine, () => `select ${selected} from final${where};`);
}

async function columnsOfQuery(client: pg.PoolClient, query: string): Promise<ViewColumn[]> {
  await client.query(`create view ${draftView} as ${query}`);
  const columns = await readColumns(client, draftView);
  await client.query(`drop view ${draftView}`);
  return columns;
}

/** The columns with those first that others know, in the order in which they know them. */
function inOrderOf(before: StandingView, columns: readonly ViewColumn[]): string[] {
  const types = new Map(columns.map((column) => [column.name, column.type]));
  const lost = before.columns.filter((column) => types.get(column.name) !== column.type).map((column) => column.name);
  if (lost.length > 0) throw dependedOn(`View ${before.name}`, before.dependents, lost);
  const known = before.columns.map((column) => column.name);
  return [...known, ...columns.map((column) => column.name).filter((name) => !known.includes(name))];
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

async function allExist(client: pg.PoolClient, views: readonly SqlFile[]): Promise<boolean> {
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
