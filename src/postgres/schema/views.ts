import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { isLockTimeout } from '../connection/holders.js';
import { transactionOn } from '../connection/transaction.js';
import { isMartPublished, publishMart } from '../federation/published.js';
import type { AttributeColumn } from './attribute-columns.js';
import { fillDimensionTables } from './dimension-tables.js';
import { divisionCheck } from './division-check.js';
import { type ExistingView, readColumns, readExistingViews, restoreGrants, type ViewColumn } from './existing-views.js';
import { type LockBudget, type LockPatience, withLockRetries } from './lock-wait.js';
import { migrationNames } from './program-version.js';
import { grantToReaders } from './reader-roles.js';
import { readSetting, writeSetting } from './settings.js';
import { digestsOf, readSqlFiles, type SqlFile } from './sql-files.js';

/** SQLSTATE of an object that cannot be dropped because another depends on it. */
const dependentObjects = '2BP01';
/** Name of a temporary view, with which the columns of a view are read before it replaces another. */
const draftView = 'genesys.int_draft';
/** Names of the views that this program has built, so that other views in the same schemas are not touched. */
const builtSetting = 'views_built';
/** Stores a digest of the text that each function and view was built from. */
const digestSetting = 'views_digest';
/** Newest migration of the program that built them. */
const versionSetting = 'views_version';
const lastLine = 'select * from final;';

export interface ViewSettings {
  /** IANA zone of the `_local` columns. */
  readonly timeZone: string;
  /** Columns of `mart.fct_conversation_attributes`; none without. */
  readonly attributes?: readonly AttributeColumn[];
}

/**
 * Builds all functions and views in one transaction, so that a reader sees either the old set or
 * the new one; does nothing when files and settings are unchanged. Views that did not change, and
 * depend on none that did, are not touched, because loads read some of them. Grants of others
 * survive, and so do views of others, as long as the program's views keep their columns; new
 * columns come last. Otherwise nothing is changed and a UsageError names the view and its
 * dependents. Must run inside a migration.
 */
export async function buildViews(
  client: pg.PoolClient,
  settings: ViewSettings,
  patience: LockPatience,
  version: string,
): Promise<void> {
  const plan = await planRebuild(client, settings);
  if (plan.isDone) return;
  const { files, digests, isCurrent } = plan;
  const rebuild = (budget: LockBudget) =>
    transactionOn(client, async () => {
      await replaceViews(client, { files, isCurrent, budget });
      await fillDimensionTables(client);
      await grantToReaders(client);
      await budget.renew();
      await publishMart(client);
      await writeSetting(client, digestSetting, JSON.stringify(Object.fromEntries(digests)));
      await writeSetting(client, builtSetting, JSON.stringify(viewNames(files)));
      await writeSetting(client, 'time_zone', settings.timeZone);
      await writeSetting(client, versionSetting, version);
    });
  await withLockRetries(client, 'The views cannot be rebuilt', rebuild, patience);
}

/** Returns true when functions and views are those that `buildViews` would create. */
export async function areViewsBuilt(client: pg.ClientBase, settings: ViewSettings): Promise<boolean> {
  return (await planRebuild(client, settings)).isDone;
}

/** Returns true when the views are complete and of this version, but not those that this build would make. */
export async function areViewsOfAnotherBuild(pool: pg.Pool, settings: ViewSettings, version: string): Promise<boolean> {
  const client = await pool.connect();
  try {
    if ((await readSetting(client, versionSetting)) !== version) return false;
    return !(await planRebuild(client, settings)).isDone;
  } finally {
    client.release();
  }
}

/** Plans what has to be built; `isDone` if nothing does. */
async function planRebuild(client: pg.ClientBase, settings: ViewSettings) {
  const files = await readSqlFiles(pg.escapeLiteral(settings.timeZone), settings.attributes);
  const digests = digestsOf(files, migrationNames.at(-1) ?? '');
  const recorded = await readDigests(client);
  const missing = await missingOf(client, files);
  const isCurrent = (name: string) =>
    digests.has(name) && recorded.get(name) === digests.get(name) && !missing.has(name);
  const isDone =
    recorded.size === digests.size && files.every(({ name }) => isCurrent(name)) && (await isMartPublished(client));
  return { files, digests, isCurrent, isDone };
}

/** Reads the stored digests by name; empty when an older version built the views, so that all are built again. */
async function readDigests(client: pg.ClientBase): Promise<Map<string, string>> {
  const text = await readSetting(client, digestSetting);
  if (text === undefined || !text.startsWith('{')) return new Map();
  return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
}

async function missingOf(client: pg.ClientBase, files: readonly SqlFile[]): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[], $2::boolean[]) as wanted (name, is_view)
     where case when is_view then to_regclass(name) is null else to_regproc(name) is null end`,
    [files.map(({ name }) => name), files.map(({ isView }) => isView)],
  );
  return new Set(rows.map(({ name }) => name));
}

const viewNames = (files: readonly SqlFile[]): string[] => files.filter(({ isView }) => isView).map(({ name }) => name);

interface Rebuild {
  /** Functions and views, each after what it needs. */
  readonly files: readonly SqlFile[];
  /** Returns true when it exists, built from the present text of its file. */
  readonly isCurrent: (name: string) => boolean;
  readonly budget: LockBudget;
}

/**
 * Replaces views: those without foreign dependents are set aside and created again, those with
 * dependents are replaced in place.
 */
async function replaceViews(client: pg.PoolClient, { files, isCurrent, budget }: Rebuild): Promise<void> {
  const names = new Set(viewNames(files));
  const existing = await readExistingViews(client, await readBuilt(client, names));
  const changed = existing.filter(({ name }) => !isCurrent(name));
  const kept = new Map(
    changed.filter(isDependedOn).flatMap((view) => (names.has(view.name) ? [[view.name, view]] : [])),
  );
  const replaced = changed.filter((view) => kept.get(view.name) !== view);
  for (const view of replaced) await setAside(client, view, budget);
  for (const file of files) {
    if (file.isView && isCurrent(file.name)) continue;
    await runFile(client, file, await statementsOf(client, file, kept.get(file.name)), budget);
  }
  for (const view of replaced) {
    if (names.has(view.name)) await restoreGrants(client, view);
  }
  await dropAside(client, replaced);
}

/**
 * Reads the built views, including those of this version: after a setting was removed by hand, half
 * of a rebuild may exist.
 */
async function readBuilt(client: pg.PoolClient, names: ReadonlySet<string>): Promise<string[] | undefined> {
  const built = await readSetting(client, builtSetting);
  return built === undefined ? undefined : [...new Set([...(JSON.parse(built) as string[]), ...names])];
}

const isDependedOn = (view: ExistingView): boolean => view.dependents.length > 0;
const asideName = (view: ExistingView): string => `old_${view.oid}`;
const schemaOf = (name: string): string => name.slice(0, name.indexOf('.'));

async function setAside(client: pg.PoolClient, view: ExistingView, budget: LockBudget): Promise<void> {
  await budget.renew();
  await client.query(`alter view ${view.name} rename to ${asideName(view)}`);
}

async function runFile(client: pg.PoolClient, file: SqlFile, text: string, budget: LockBudget): Promise<void> {
  await budget.renew();
  try {
    await client.query(text);
  } catch (error) {
    if (isLockTimeout(error) || error instanceof UsageError) throw error;
    const kind = file.isView ? 'View' : 'Function';
    throw new Error(`${kind} ${file.name} could not be built: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Returns the statements of a function or a view. `before` is the view that is replaced in place:
 * its columns keep their names, types and positions, and new ones come last. A view of `mart` gets
 * its check of divisions, which makes it a security barrier: conditions of others that could leak
 * what they see are not evaluated on rows that the check excludes.
 */
async function statementsOf(client: pg.PoolClient, file: SqlFile, before: ExistingView | undefined): Promise<string> {
  const { name, text } = file;
  const isMart = schemaOf(name) === 'mart';
  if (!isMart && before === undefined) return text;
  const create = `create view ${name} as\n`;
  const query = text.slice(text.indexOf(create) + create.length, text.indexOf(lastLine) + lastLine.length);
  const columns = await columnsOfQuery(client, query);
  const names = before === undefined ? columns.map((column) => column.name) : inOrderOf(before, columns);
  const condition = isMart ? divisionCheck(file, names) : undefined;
  const barrier = condition !== undefined || file.hasOwnCheck ? ' with (security_barrier = true)' : '';
  const selected = before === undefined ? '*' : names.map((column) => pg.escapeIdentifier(column)).join(', ');
  const where = condition === undefined ? '' : `\nwhere ${condition}`;
  return text
    .replace(create, () => `create or replace view ${name}${barrier} as\n`)
    .replace(lastLine, () => `select ${selected} from final${where};`);
}

async function columnsOfQuery(client: pg.PoolClient, query: string): Promise<ViewColumn[]> {
  await client.query(`create view ${draftView} as ${query}`);
  const columns = await readColumns(client, draftView);
  await client.query(`drop view ${draftView}`);
  return columns;
}

/** Returns the columns with the existing ones first, in their existing order. */
function inOrderOf(before: ExistingView, columns: readonly ViewColumn[]): string[] {
  const types = new Map(columns.map((column) => [column.name, column.type]));
  const lost = before.columns.filter((column) => types.get(column.name) !== column.type).map((column) => column.name);
  if (lost.length > 0) throw dependedOn(`View ${before.name}`, before.dependents, lost);
  const known = before.columns.map((column) => column.name);
  return [...known, ...columns.map((column) => column.name).filter((name) => !known.includes(name))];
}

/**
 * Drops the views in one statement, which resolves dependencies among them. They have been locked
 * since they were set aside.
 */
async function dropAside(client: pg.PoolClient, views: readonly ExistingView[]): Promise<void> {
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
  const why = columns.length === 0 ? '' : ` and ${columns.join(', ')} changed or were removed`;
  return new UsageError(
    `${subject} cannot be rebuilt because another object depends on it (${dependents.join(', ')})${why}. Drop that, run migrate and create it again.`,
  );
}
