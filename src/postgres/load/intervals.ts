/**
 * Stores interval facts: what an answer says about an interval replaces what is stored for it, but only rows that differ are written. The
 * answer is copied into a temporary table and compared there, so that a day of half a million rows is a handful of statements.
 */

import pg from 'pg';
import { dayMs, floorTo, type Interval, plus } from '../../lib/interval.js';
import type { EntityRow, IntervalBatch } from '../../model/extraction.js';
import type { Column } from '../../values/columns.js';
import { shareZone } from '../derived/day-sums.js';
import { lockIntervalDays, type Written } from '../derived/interval-sums.js';
import { refreshSums } from '../derived/sums.js';
import { markChangedDays } from './changed-days.js';
import { copyRows } from './intervals-copy.js';
import type { IntervalRelation } from './intervals-relation.js';
import { type MetricSums, noteIntervalRestatements, summedColumns, sumsText } from './intervals-restate.js';

/** Rows of a removed past are deleted in portions, so that no commit pays for months at once. */
const prunedRowsMax = 50_000;

/**
 * Stores `batch` in the caller's transaction and returns how many rows are new, changed or gone. Keeps rows that a newer answer has
 * already stored. Monthly partitions must exist.
 */
export async function storeInterval(
  client: pg.ClientBase,
  relation: IntervalRelation,
  batch: IntervalBatch,
  asOf: Date,
): Promise<number> {
  await shareZone(client);
  // Two answers about one day, e.g. of neighbouring slices of which one reaches back, are compared and written one after the other.
  await lockIntervalDays(client, [batch.relation], batch.interval);
  const newer = batch.scope === undefined ? await newerPulls(client, batch, asOf) : [];
  const rows = newer.length === 0 ? batch.rows : batch.rows.filter((row) => !isWithin(startOf(row), newer));
  const where = new Where(relation, batch, newer, asOf);
  const changed = (await hasRows(client, relation, where))
    ? await replaceRows(client, relation, batch, rows, where, asOf)
    : await copyRows(client, relation, relation.table, rows, asOf);
  if (changed > 0) {
    await refreshSums(client, batch.relation, writtenBy(batch));
    await markChangedDays(client, batch.relation, daysWithin(batch.interval));
  }
  if (batch.scope === undefined) await rememberPull(client, batch, asOf);
  if (batch.retainFrom !== undefined) await prune(client, relation, batch.retainFrom);
  return changed;
}

/** An instant of every UTC day that the interval touches. */
function* daysWithin({ from, to }: Interval): Generator<number> {
  for (let day = floorTo(from, dayMs); day < to; day = plus(day, dayMs)) yield day.getTime();
}

function writtenBy({ interval, scope }: IntervalBatch): Written {
  return scope?.column === 'user_id' ? { interval, userIds: scope.values } : { interval };
}

const startOf = (row: EntityRow) => row.interval_start as number;
const isWithin = (startMs: number, intervals: readonly Interval[]) =>
  intervals.some(({ from, to }) => startMs >= from.getTime() && startMs < to.getTime());

async function newerPulls(client: pg.ClientBase, batch: IntervalBatch, asOf: Date): Promise<Interval[]> {
  const { rows } = await client.query<Interval>(
    `select pulled_from as "from", pulled_to as "to" from extract.interval_pulls
     where relation = $1 and pulled_from < $3 and pulled_to > $2 and as_of > $4`,
    [batch.relation, batch.interval.from, batch.interval.to, asOf],
  );
  return rows;
}

/** Records the pull. Of older pulls, only the parts outside this one stay relevant. */
async function rememberPull(client: pg.ClientBase, batch: IntervalBatch, asOf: Date): Promise<void> {
  await client.query(
    `with overlapped as (
         delete from extract.interval_pulls
         where relation = $1 and pulled_from < $3 and pulled_to > $2 and as_of <= $4
         returning pulled_from, pulled_to, as_of
     ), outside as (
         select pulled_from, $2::timestamptz as pulled_to, as_of from overlapped where pulled_from < $2
         union all
         select $3, pulled_to, as_of from overlapped where pulled_to > $3
     )
     insert into extract.interval_pulls (relation, pulled_from, pulled_to, as_of)
     select $1, pulled_from, pulled_to, max(as_of) from outside group by pulled_from, pulled_to
     on conflict (relation, pulled_from, pulled_to) do update
         set as_of = greatest(interval_pulls.as_of, excluded.as_of)`,
    [batch.relation, batch.interval.from, batch.interval.to, asOf],
  );
  await client.query(
    `insert into extract.interval_pulls (relation, pulled_from, pulled_to, as_of) values ($1, $2, $3, $4)
     on conflict (relation, pulled_from, pulled_to) do nothing`,
    [batch.relation, batch.interval.from, batch.interval.to, asOf],
  );
}

/** Builds the SQL conditions, over the alias `stored`, that select the stored rows an answer concerns. */
class Where {
  /** All of them. */
  readonly about: string;
  /** Those that it may replace or remove: not where a newer answer is stored. */
  readonly older: string;
  readonly values: readonly unknown[];

  constructor(relation: IntervalRelation, batch: IntervalBatch, newer: readonly Interval[], asOf: Date) {
    const values: unknown[] = [batch.interval.from, batch.interval.to];
    const about = ['stored.interval_start >= $1 and stored.interval_start < $2'];
    if (batch.scope !== undefined) {
      values.push(batch.scope.values);
      const { name, type } = columnOf(relation, batch.scope.column);
      about.push(
        `stored.${pg.escapeIdentifier(name)} = any($${values.length}::${type === 'uuid' ? 'uuid' : 'text'}[])`,
      );
    }
    this.about = about.join(' and ');
    const older = [this.about, `stored.as_of <= ${literal(asOf)}`];
    for (const { from, to } of newer) {
      older.push(`not (stored.interval_start >= ${literal(from)} and stored.interval_start < ${literal(to)})`);
    }
    this.older = older.join(' and ');
    this.values = values;
  }
}

/** Not a parameter, so that statements that need fewer conditions take the same parameters. */
const literal = (at: Date) => `timestamptz '${at.toISOString()}'`;

function columnOf(relation: IntervalRelation, name: string): Column {
  const column = relation.columns.find((each) => each.name === name);
  if (column === undefined) throw new Error(`genesys.${relation.name} has no column ${name}.`);
  return column;
}

async function hasRows(client: pg.ClientBase, relation: IntervalRelation, where: Where): Promise<boolean> {
  const { rows } = await client.query(
    `select exists (select from ${relation.table} as stored where ${where.about}) as found`,
    [...where.values],
  );
  return rows[0].found;
}

async function replaceRows(
  client: pg.ClientBase,
  relation: IntervalRelation,
  batch: IntervalBatch,
  rows: readonly EntityRow[],
  where: Where,
  asOf: Date,
): Promise<number> {
  const stage = await emptyStage(client, relation);
  await copyRows(client, relation, stage, rows, asOf);
  await client.query(`analyze ${stage}`);
  const key = sameKey(relation, batch);
  const gone = await deleteDifferent(client, relation, batch, stage, where);
  const { rows: came } = await client.query<MetricSums>(
    `with came as (
         insert into ${relation.table}
         select incoming.* from ${stage} as incoming
         where not exists (select from ${relation.table} as stored where ${where.about} and ${key('stored', 'incoming')})
         returning *
     )
     select ${sumsText(relation, 'came')} from came group by 1, 2, 3`,
    [...where.values],
  );
  await noteIntervalRestatements(client, relation, gone, came, asOf);
  const vanished = gone.reduce((sum, sums) => sum + Number(sums.vanished), 0);
  return came.reduce((sum, sums) => sum + Number(sums.rows), vanished);
}

/** Creates the connection's temporary staging table, emptied at every commit, with the same columns in the same order. */
async function emptyStage(client: pg.ClientBase, relation: IntervalRelation): Promise<string> {
  const stage = pg.escapeIdentifier(`stage_${relation.name}`);
  await client.query(`create temporary table if not exists ${stage} (like ${relation.table}) on commit delete rows`);
  await client.query(`truncate pg_temp.${stage}`);
  return `pg_temp.${stage}`;
}

/** Deletes what the answer shows different or not at all; returns sums of these, with how many it does not show at all. */
async function deleteDifferent(
  client: pg.ClientBase,
  relation: IntervalRelation,
  batch: IntervalBatch,
  stage: string,
  where: Where,
): Promise<MetricSums[]> {
  const key = sameKey(relation, batch);
  const { rows } = await client.query<MetricSums>(
    `with gone as (
         delete from ${relation.table} as stored
         where ${where.older} and not exists (
             select from ${stage} as incoming
             where ${key('stored', 'incoming')} and ${sameValues(relation, batch)}
         )
         returning ${summedColumns(relation)}, ${batch.dimensions.map((name) => pg.escapeIdentifier(name)).join(', ')}
     )
     select ${sumsText(relation, 'gone')},
         count(*) filter (where not exists (select from ${stage} as incoming where ${key('gone', 'incoming')})) as vanished
     from gone group by 1, 2, 3`,
    [...where.values],
  );
  return rows;
}

const nullUuid = "'00000000-0000-0000-0000-000000000000'::uuid";

/** Equality that can be hashed, with null equal to null; the unique index is over the same expressions. */
function sameKey(relation: IntervalRelation, batch: IntervalBatch): (left: string, right: string) => string {
  const columns = batch.dimensions.map((name) => {
    const { type } = columnOf(relation, name);
    return { name: pg.escapeIdentifier(name), nothing: type === 'uuid' ? nullUuid : "''" };
  });
  return (left, right) =>
    [
      `${left}.interval_start = ${right}.interval_start`,
      ...columns.map(
        ({ name, nothing }) => `coalesce(${left}.${name}, ${nothing}) = coalesce(${right}.${name}, ${nothing})`,
      ),
    ].join(' and ');
}

function sameValues(relation: IntervalRelation, batch: IntervalBatch): string {
  const compared = relation.columns
    .map(({ name }) => name)
    .filter((name) => !['interval_start', 'as_of', ...batch.dimensions].includes(name))
    .map((name) => pg.escapeIdentifier(name));
  const of = (alias: string) => `row(${compared.map((name) => `${alias}.${name}`).join(', ')})`;
  return `${of('stored')} is not distinct from ${of('incoming')}`;
}

async function prune(client: pg.ClientBase, relation: IntervalRelation, retainFrom: Date): Promise<void> {
  await client.query(
    `delete from ${relation.table} where ctid = any(array(
         select ctid from ${relation.table} where interval_start < $1 limit ${prunedRowsMax}
     ))`,
    [retainFrom],
  );
  await client.query('delete from extract.interval_pulls where relation = $1 and pulled_to <= $2', [
    relation.name,
    retainFrom,
  ]);
}
