/** `extract.lakes` and the pending changes of each lake. */
import type pg from 'pg';
import type { Day } from '../../model/lake.js';
import { inTransaction } from '../connection/transaction.js';
import { conversationsSource, directorySource } from './keys.js';
import { readStoredDays } from './rows.js';
import type { LakeRelation, LakeScope } from './tables.js';

export interface Lake extends LakeScope {
  readonly lakeId: number;
  readonly address: string;
  readonly exportedAt: Date | null;
}

/** The day under which a table is listed that is replaced as a whole. */
export const wholeTable = '-infinity';
/** A restatement of a day that fills up while it is exported waits for the next claim. */
const claimedMarksMax = 1_000_000;

const lakeColumns = `lake_id as "lakeId", address, is_raw as "isRaw", is_personal as "isPersonal",
    relations, exported_at as "exportedAt"`;

interface LakeRow extends Omit<Lake, 'relations'> {
  readonly relations: string[] | null;
}

const lakeOf = ({ relations, ...lake }: LakeRow): Lake => ({ ...lake, ...(relations && { relations }) });

export async function readLakes(pool: pg.Pool): Promise<Lake[]> {
  const { rows } = await pool.query<LakeRow>(`select ${lakeColumns} from extract.lakes order by address`);
  return rows.map(lakeOf);
}

/**
 * Registers a lake, or returns it with its scope extended by the given one. With `isFollowing`, a known lake keeps its selection of tables:
 * the scheduler has none of its own.
 */
export async function registerLake(
  pool: pg.Pool,
  address: string,
  scope: LakeScope,
  now: Date,
  isFollowing = false,
): Promise<Lake> {
  const { rows } = await pool.query<LakeRow>(
    `insert into extract.lakes as known (address, is_raw, is_personal, relations, created_at) values ($1, $2, $3, $4, $5)
     on conflict (address) do update set
         is_raw = known.is_raw or excluded.is_raw,
         is_personal = known.is_personal or excluded.is_personal,
         relations = case when $6 then known.relations when known.relations is null or excluded.relations is null then null
             else array(select unnest(known.relations) union select unnest(excluded.relations) order by 1) end
     returning ${lakeColumns}`,
    [address, scope.isRaw, scope.isPersonal, scope.relations ?? null, now, isFollowing],
  );
  return lakeOf(rows[0] as LakeRow);
}

/** Plans tables that are new or have another definition: every stored day, or the table as a whole. */
export async function planWholeTables(
  pool: pg.Pool,
  lake: Lake,
  relations: readonly LakeRelation[],
  now: Date,
): Promise<void> {
  const { rows } = await pool.query<{ path: string; definition: string }>(
    'select path, definition from extract.lake_tables where lake_id = $1',
    [lake.lakeId],
  );
  const known = new Map(rows.map(({ path, definition }) => [path, definition]));
  for (const relation of relations) {
    if (known.get(relation.path) === relation.definition) continue;
    await inTransaction(pool, async (client) => {
      const days = relation.key === undefined ? [] : await readStoredDays(client, relation);
      await addPending(client, lake, [relation.path], [wholeTable, ...days]);
      await client.query(
        `insert into extract.lake_tables (lake_id, path, definition, exported_at) values ($1, $2, $3, $4)
         on conflict (lake_id, path) do update set definition = excluded.definition, exported_at = excluded.exported_at`,
        [lake.lakeId, relation.path, relation.definition, now],
      );
    });
  }
}

/** Plans requested days of a lake, whether they changed or not. */
export async function planDays(pool: pg.Pool, lake: Lake, relation: LakeRelation, from?: Day, to?: Day): Promise<void> {
  await inTransaction(pool, async (client) => {
    const days = relation.key === undefined ? [wholeTable] : await readStoredDays(client, relation, from, to);
    await addPending(client, lake, [relation.path], days);
  });
}

async function addPending(client: pg.ClientBase, lake: Lake, paths: readonly string[], days: readonly string[]) {
  await client.query(
    `insert into extract.lake_pending (lake_id, path, day, change_number)
     select $1, path, day, nextval('extract.lake_numbers')
     from unnest($2::text[]) as path cross join unnest($3::date[]) as day
     on conflict (lake_id, path, day) do update set change_number = excluded.change_number`,
    [lake.lakeId, paths, days],
  );
}

/**
 * Takes the marks of changed days and notes them for every lake that has a table they concern. Marks on which a transaction still relies
 * stay for the next time. Returns how many days are noted.
 */
export async function claimChanges(pool: pg.Pool, tables: readonly LakeRelation[]): Promise<number> {
  const pairs = tables.flatMap(({ path, key }) =>
    (key?.sources ?? wholeSources(path)).map((source) => ({ source, path, isByDay: key !== undefined })),
  );
  const { rowCount } = await pool.query(
    `with taken as (
         delete from extract.changed_days where ctid = any(array(
             select ctid from extract.changed_days order by changed_at limit ${claimedMarksMax} for update skip locked
         ))
         returning source, day
     ),
     concerned as (
         select distinct lake_tables.lake_id, pairs.path, case when pairs.is_by_day then taken.day else '-infinity' end as day
         from taken
         join unnest($1::text[], $2::text[], $3::boolean[]) as pairs (source, path, is_by_day) on pairs.source = taken.source
         join extract.lake_tables on lake_tables.path = pairs.path
     )
     insert into extract.lake_pending (lake_id, path, day, change_number)
     select lake_id, path, day, nextval('extract.lake_numbers') from concerned
     on conflict (lake_id, path, day) do update set change_number = excluded.change_number`,
    [pairs.map(({ source }) => source), pairs.map(({ path }) => path), pairs.map(({ isByDay }) => isByDay)],
  );
  return rowCount ?? 0;
}

/** Dimensions that list what conversations name change with these, too. */
const derivedDimensions = new Set([
  'mart/dim_wrapup_codes',
  'mart/dim_enums',
  'mart/dim_dates',
  'mart/dim_entry_points',
]);

const wholeSources = (path: string): string[] =>
  derivedDimensions.has(path) ? [directorySource, conversationsSource] : [directorySource];

export interface PendingDays {
  readonly path: string;
  readonly days: readonly { readonly day: Day; readonly changeNumber: number }[];
}

/**
 * Reads the pending changes of a lake, and draws the number of the export, which is higher than
 * those of all changes that it will read.
 */
export async function readPending(
  pool: pg.Pool,
  { lakeId }: Lake,
): Promise<{ exportNumber: number; pending: PendingDays[] }> {
  const drawn = await pool.query<{ number: string }>(`select nextval('extract.lake_numbers')::text as number`);
  const exportNumber = Number(drawn.rows[0]?.number);
  const { rows } = await pool.query<{ path: string; day: Day; number: string }>(
    `select path, day::text as day, change_number::text as number from extract.lake_pending
     where lake_id = $1 and change_number < $2 order by path, day`,
    [lakeId, exportNumber],
  );
  const byPath = new Map<string, { day: Day; changeNumber: number }[]>();
  for (const { path, day, number } of rows)
    byPath.set(path, [...(byPath.get(path) ?? []), { day, changeNumber: Number(number) }]);
  return { exportNumber, pending: [...byPath].map(([path, days]) => ({ path, days })) };
}

/** Draws another number for an export, where a lake knows one that this database has never drawn: it was restored from a backup. */
export async function renumberAbove(pool: pg.Pool, exportNumber: number, newest: number): Promise<number> {
  const { rows } = await pool.query<{ number: string }>(
    `with raised as (
         select setval('extract.lake_numbers', $1::bigint) as number from extract.lake_numbers where last_value < $1::bigint
     )
     select (number + 1)::text as number from raised`,
    [newest],
  );
  if (rows[0] === undefined) return exportNumber;
  await pool.query(`select nextval('extract.lake_numbers')`);
  return Number(rows[0].number);
}

/** Removes days that a lake has received from its pending ones, unless they changed again since. */
export async function clearPending(pool: pg.Pool, { lakeId }: Lake, { path, days }: PendingDays): Promise<void> {
  await pool.query(
    `delete from extract.lake_pending as pending using unnest($3::date[], $4::bigint[]) as done (day, change_number)
     where pending.lake_id = $1 and pending.path = $2 and pending.day = done.day and pending.change_number <= done.change_number`,
    [lakeId, path, days.map(({ day }) => day), days.map(({ changeNumber }) => changeNumber)],
  );
}

/** Reads the paths of a lake's tables. */
export async function readTablePaths(pool: pg.Pool, { lakeId }: Lake): Promise<string[]> {
  const { rows } = await pool.query<{ path: string }>(
    'select path from extract.lake_tables where lake_id = $1 order by path',
    [lakeId],
  );
  return rows.map(({ path }) => path);
}

export async function countPending(pool: pg.Pool, { lakeId }: Lake): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ path: string; count: number }>(
    'select path, count(*)::integer as count from extract.lake_pending where lake_id = $1 group by path',
    [lakeId],
  );
  return new Map(rows.map(({ path, count }) => [path, count]));
}

export async function noteExported(pool: pg.Pool, { lakeId }: Lake, now: Date): Promise<void> {
  await pool.query('update extract.lakes set exported_at = $2, last_error = null where lake_id = $1', [lakeId, now]);
}

/** Reads the first day that is stored completely; `prune` has removed earlier days, which the lake keeps. */
export async function readPrunedTo(pool: pg.Pool): Promise<Day | undefined> {
  const { rows } = await pool.query<{ day: Day | null }>(
    `select (max(pruned_to) at time zone 'UTC')::date::text as day from extract.pruned`,
  );
  return rows[0]?.day ?? undefined;
}

/** Takes the lease of a lake for one scheduler, for a limited time; returns false if another process has it. */
export async function takeLease(pool: pg.Pool, { lakeId }: Lake): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update extract.lakes set busy_until = clock_timestamp() + $2::interval
     where lake_id = $1 and (busy_until is null or busy_until < clock_timestamp())`,
    [lakeId, lease],
  );
  return rowCount === 1;
}

export async function renewLease(pool: pg.Pool, { lakeId }: Lake): Promise<void> {
  await pool.query('update extract.lakes set busy_until = clock_timestamp() + $2::interval where lake_id = $1', [
    lakeId,
    lease,
  ]);
}

/** Ends the lease, and stores the reason if the export failed. */
export async function dropLease(pool: pg.Pool, { lakeId }: Lake, failure?: string): Promise<void> {
  await pool.query(
    'update extract.lakes set busy_until = null, last_error = coalesce($2, last_error) where lake_id = $1',
    [lakeId, failure ?? null],
  );
}

/** Longer than a table takes as a rule; two exports at once cost work and nothing else. */
const lease = '10 minutes';
