/**
 * Sums of interval facts by local day, which reports over months read. Whoever changes interval facts computes the days that it touched anew,
 * from the same SQL as the plain definition and in the same transaction.
 */
import type { ClientBase } from 'pg';
import type { Interval } from '../../lib/interval.js';
import { closeGate, lockRows, passGate } from '../connection/locks.js';
import { readSetting, writeSetting } from '../schema/settings.js';
import { definitionOf } from '../schema/view-text.js';

interface DaySums {
  /** Without schema; `genesys.int_<table>` is its plain definition. */
  readonly table: string;
  /** The unique index, without `day`. */
  readonly keys: readonly string[];
  /** May the days be computed for some users only? */
  readonly isByUser: boolean;
}

const nullUuid = "'00000000-0000-0000-0000-000000000000'::uuid";
const ofUser = { keys: ['user_id'], isByUser: true };

const daySumsOf: Readonly<Record<string, DaySums>> = {
  queue_aggregates: {
    table: 'queue_day_sums',
    keys: [`coalesce(queue_id, ${nullUuid})`, 'media_type collate "C"'],
    isByUser: false,
  },
  agent_aggregates: { table: 'agent_handling_day_sums', ...ofUser },
  user_aggregates: { table: 'agent_status_day_sums', ...ofUser },
};

/** Views that define the sums. */
export const daySumDefinitions: readonly string[] = Object.values(daySumsOf).map(({ table }) => `int_${table}`);
/** The relations of interval facts that have sums by day. */
export const relationsWithDaySums: readonly string[] = Object.keys(daySumsOf);

const zoneSetting = 'day_sums_time_zone';

/** The days of the stored sums are those of this zone until the transaction ends. */
export async function shareZone(client: ClientBase): Promise<string> {
  await passGate(client, 'zone');
  const timeZone = await readSetting(client, zoneSetting);
  if (timeZone === undefined) throw new Error('The sums by day have no zone yet; run genesys-warehouse migrate.');
  return timeZone;
}

/** Waits for those who compute sums of the old zone; others wait until this transaction ends. */
export async function changeZone(client: ClientBase, timeZone: string): Promise<void> {
  await closeGate(client, 'zone');
  await writeSetting(client, zoneSetting, timeZone);
}

/** Which rows of interval facts were written. */
export interface Written {
  readonly interval: Interval;
  /** Everybody's when absent. */
  readonly userIds?: readonly string[];
}

/** Computes the local days anew that an interval of `relation` touches. Does nothing for relations without sums by day. */
export async function refreshDaySums(client: ClientBase, relation: string, written: Written): Promise<void> {
  const sums = daySumsOf[relation];
  if (sums === undefined) return;
  const timeZone = await shareZone(client);
  const { from, to } = written.interval;
  const { rows } = await client.query<{ day: string }>(
    `select day::text from ${await definitionOf('int_interval_days', timeZone)} as days
     where start_at < $2 and end_at > $1 order by day`,
    [from, to],
  );
  const days = rows.map((row) => row.day);
  // Two transactions that wrote into one local day would not see each other's rows: the second one computes when the first has committed.
  await lockRows(
    client,
    'daySums',
    days.map((day) => `${sums.table} ${day}`),
  );
  const userIds = sums.isByUser ? written.userIds : undefined;
  const definition = await definitionOf(`int_${sums.table}`, timeZone);
  const columns = await columnsOf(client, sums.table);
  const values = userIds === undefined ? [days] : [days, userIds];
  await client.query(mergeText(sums, definition, columns, userIds !== undefined), values);
}

/** Rows that are equal are left alone, those that no metric stands behind any more go. */
function mergeText({ table, keys }: DaySums, definition: string, columns: string[], isForUsers: boolean): string {
  const key = ['day', ...keys];
  const values = columns.filter((name) => !key.includes(name));
  const asked = (alias: string) =>
    `${alias}.day = any($1::date[])${isForUsers ? ` and ${alias}.user_id = any($2::uuid[])` : ''}`;
  const of = (alias: string, names: readonly string[]) => names.map((name) => `${alias}.${name}`).join(', ');
  return `
    with fresh as materialized (
        select ${of('plain', columns)} from ${definition} as plain where ${asked('plain')}
    ), gone as (
        delete from genesys.${table} as stored
        where ${asked('stored')} and not exists (
            select from fresh
            where ${key.map((name) => `${qualified('fresh', name)} = ${qualified('stored', name)}`).join(' and ')}
        )
    )
    insert into genesys.${table} as stored (${columns.join(', ')})
    select ${of('fresh', columns)} from fresh
    order by ${key.map((name) => qualified('fresh', name)).join(', ')}
    on conflict (${key.join(', ')}) do update set (${values.join(', ')}) = row(${of('excluded', values)})
    where (${of('stored', values)}) is distinct from (${of('excluded', values)})`;
}

/** `queue_id` in the expression of an index, as a column of `alias`. */
const qualified = (alias: string, expression: string) =>
  expression.replace(/^(coalesce\()?([a-z_]+)/, (_, call: string | undefined, name) => `${call ?? ''}${alias}.${name}`);

async function columnsOf(client: ClientBase, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = ('genesys.' || $1)::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return rows.map((row) => row.name);
}
