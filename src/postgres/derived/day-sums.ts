/**
 * Keeps the sums of interval facts by local day, which reports over months read. Every transaction that changes interval facts recomputes the
 * days that it touched, by the function that is the one definition of the sums (`sql/functions/refresh_*_day_sums.sql`).
 */
import type { ClientBase } from 'pg';
import type { Interval } from '../../lib/interval.js';
import { closeGate, lockRows, passGate } from '../connection/locks.js';
import type { Definitions } from '../schema/fingerprint.js';
import { readSetting, writeSetting } from '../schema/settings.js';
import { intervalSumDefinitions, type Written } from './interval-sums.js';

interface DaySums {
  /** Without schema. */
  readonly table: string;
  /** Recomputes the days `$1` of the zone `$2`; with `byUser`, those of the users `$3` only. */
  readonly refresh: string;
  readonly byUser?: string;
}

const daySumsOf: Readonly<Record<string, readonly DaySums[]>> = {
  queue_aggregates: [{ table: 'queue_day_sums', refresh: 'select genesys.refresh_queue_day_sums($1::date[], $2)' }],
  agent_aggregates: [
    {
      table: 'agent_handling_day_sums',
      refresh: 'select genesys.refresh_agent_handling_day_sums($1::date[], $2)',
      byUser: 'select genesys.refresh_agent_handling_day_sums($1::date[], $2, $3::uuid[])',
    },
  ],
  user_aggregates: [
    {
      table: 'agent_status_day_sums',
      refresh: 'select genesys.refresh_agent_status_day_sums($1::date[], $2)',
      byUser: 'select genesys.refresh_agent_status_day_sums($1::date[], $2, $3::uuid[])',
    },
    {
      table: 'presence_day_sums',
      refresh: 'select genesys.refresh_presence_day_sums($1::date[], $2)',
      byUser: 'select genesys.refresh_presence_day_sums($1::date[], $2, $3::uuid[])',
    },
  ],
};

/** Views and functions that define the sums by day, from those by interval; when one changes, the stored sums are outdated. */
export const daySumDefinitions: Definitions = {
  views: [...intervalSumDefinitions.views, 'genesys.int_presence_metrics'],
  functions: [
    ...intervalSumDefinitions.functions,
    ...Object.values(daySumsOf).flatMap((sums) => sums.map(({ table }) => `genesys.refresh_${table}`)),
  ],
};
/** The relations of interval facts that have sums by day. */
export const relationsWithDaySums: readonly string[] = Object.keys(daySumsOf);

const zoneSetting = 'day_sums_time_zone';

/** Returns the zone of the stored sums' days, which stays the same until the transaction ends. */
export async function shareZone(client: ClientBase): Promise<string> {
  await passGate(client, 'zone');
  const timeZone = await readSetting(client, zoneSetting);
  if (timeZone === undefined) throw new Error('The sums by day have no zone yet; run genesys-warehouse migrate.');
  return timeZone;
}

/** Changes the zone. Waits for transactions that compute sums of the old zone; others wait until this one ends. */
export async function changeZone(client: ClientBase, timeZone: string): Promise<void> {
  await closeGate(client, 'zone');
  await writeSetting(client, zoneSetting, timeZone);
}

/**
 * Recomputes the local days in which intervals of `relation` were written, from sums by interval that are up to date. Does nothing for
 * relations without sums by day.
 */
export async function refreshDaySums(client: ClientBase, relation: string, written: Written): Promise<void> {
  const all = daySumsOf[relation];
  if (all === undefined) return;
  const timeZone = await shareZone(client);
  const days = await localDays(client, written.interval, timeZone);
  for (const sums of all) {
    // Two transactions that write into one local day do not see each other's rows, so the second
    // one computes after the first has committed.
    await lockRows(
      client,
      'daySums',
      days.map((day) => `${sums.table} ${day}`),
    );
    if (sums.byUser === undefined || written.userIds === undefined) await client.query(sums.refresh, [days, timeZone]);
    else await client.query(sums.byUser, [days, timeZone, written.userIds]);
  }
}

/** Returns the local days in which intervals of this half-open range may start. */
async function localDays(client: ClientBase, { from, to }: Interval, timeZone: string): Promise<string[]> {
  const { rows } = await client.query<{ day: string }>(
    `select day::date::text as day
     from generate_series(
         ($1::timestamptz at time zone $3)::date,
         (($2::timestamptz - interval '1 microsecond') at time zone $3)::date,
         interval '1 day'
     ) as day
     order by day`,
    [from, to, timeZone],
  );
  return rows.map(({ day }) => day);
}
