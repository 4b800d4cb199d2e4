import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EntityRow } from '../../src/model/extraction.js';
import { storeSpans } from '../../src/postgres/load/status-spans.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, rowVersions, runCommand } from '../support/program.js';

const hourMs = 3_600_000;
const start = new Date('2026-03-10T15:07:00Z');

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;
beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 11,
    agents: 25,
    clock: { kind: 'fixed', at: start },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '3d' };
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await sandbox.close();
});

const sync = () =>
  runCommand(['sync', '--stream', 'user_details', '--stream', 'user_aggregates'], sandbox, environment);

/** Spans of one user that overlap, or are open although another follows. */
async function contradictions(relation: string): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select * from (
         select user_id, start_time, end_time,
             lead(start_time) over (partition by user_id order by start_time, end_time nulls last) as next_start
         from genesys.${relation}
     ) as spans
     where next_start < coalesce(end_time, 'infinity')`,
  );
  return rows;
}

/** User × status × day where the spans add up to another time than Genesys' own aggregates. */
async function differences(relation: string, status: string, metric: string, from: string, to: string) {
  const { rows } = await pool.query(
    `with days as (
         select day, day + interval '1 day' as next_day
         from generate_series($1::timestamptz, $2::timestamptz - interval '1 day', interval '1 day') as day
     ), from_spans as (
         select day, user_id, ${status}::text as status, (sum(extract(epoch from
             least(coalesce(end_time, next_day), next_day) - greatest(start_time, day))) * 1000)::bigint as ms
         from days join genesys.${relation} on start_time < next_day and coalesce(end_time, 'infinity') > day
         group by 1, 2, 3
     ), from_aggregates as (
         select date_trunc('day', interval_start at time zone 'UTC') at time zone 'UTC' as day, user_id,
             qualifier as status, sum(sum)::bigint as ms
         from genesys.user_aggregates where metric = $3 and interval_start >= $1 and interval_start < $2
         group by 1, 2, 3
     )
     select * from from_spans full join from_aggregates using (day, user_id, status)
     where coalesce(from_spans.ms, 0) <> coalesce(from_aggregates.ms, 0)`,
    [from, to, metric],
  );
  return rows;
}

async function expectConsistent(from: string, to: string): Promise<void> {
  expect(await contradictions('user_presences')).toEqual([]);
  expect(await contradictions('user_routing_statuses')).toEqual([]);
  expect(await differences('user_presences', 'system_presence', 'tSystemPresence', from, to)).toEqual([]);
  expect(await differences('user_presences', 'organization_presence_id', 'tOrganizationPresence', from, to)).toEqual(
    [],
  );
  expect(await differences('user_routing_statuses', 'routing_status', 'tAgentRoutingStatus', from, to)).toEqual([]);
}

test('spans of past days and of today add up to the aggregates, without overlap', async () => {
  expect(await sync()).toMatchObject({ status: 0 });
  const { rows } =
    await pool.query(`select count(*)::int as spans, count(*) filter (where end_time is null)::int as open,
      count(distinct user_id)::int as users from genesys.user_presences`);
  expect(rows[0].spans).toBeGreaterThan(200);
  expect(rows[0].open).toBeLessThanOrEqual(rows[0].users);
  expect(rows[0].open).toBeGreaterThan(0);
  await expectConsistent('2026-03-07T00:00:00Z', '2026-03-10T00:00:00Z');
});

test('followed over two midnights, spans stay whole and every open one is closed in time', {
  timeout: 60_000,
}, async () => {
  for (const hours of [1, 3, 5, 1, 7, 9, 4, 6, 2, 1]) {
    sandbox.advance(hours * hourMs);
    expect(await sync()).toMatchObject({ status: 0 });
  }
  await expectConsistent('2026-03-07T00:00:00Z', '2026-03-12T00:00:00Z');
  const { rows } = await pool.query(
    `select count(*)::int as count from genesys.user_presences as span
     where exists (
         select from genesys.user_presences as next
         where next.user_id = span.user_id and next.start_time = span.end_time
             and next.start_time = date_trunc('day', next.start_time at time zone 'UTC') at time zone 'UTC'
             and next.system_presence = span.system_presence
             and next.organization_presence_id = span.organization_presence_id
     )`,
  );
  expect(rows[0].count).toBe(0);
});

test('pulled again unchanged they write no row', async () => {
  const before = await rowVersions(pool);
  const range = ['--from', '2026-03-07T00:00:00Z', '--to', '2026-03-11T00:00:00Z'];
  const run = await runCommand(['backfill', ...range, '--stream', 'user_details', '--force'], sandbox, environment);
  expect(run).toMatchObject({ status: 0 });
  expect(await rowVersions(pool)).toEqual(before);
});

test('of two answers about a day the one that was asked for later counts, in whatever order they are stored', async () => {
  const userId = '3f0c9a57-7c34-4b47-93ad-0d2d8f6ff001';
  const interval = { from: new Date('2026-01-05T00:00:00Z'), to: new Date('2026-01-06T00:00:00Z') };
  const statuses = ['system_presence', 'organization_presence_id'];
  const at = (hour: number) => interval.from.getTime() + hour * hourMs;
  const store = async (asOf: Date, ...rows: EntityRow[]) => {
    const batch = { kind: 'spans', relation: 'user_presences', statusColumns: statuses } as const;
    const client = await pool.connect();
    await client.query('begin');
    await storeSpans(client, { ...batch, interval, userIds: [userId], rows }, asOf);
    await client.query('commit');
    client.release();
  };
  const row = (startHour: number, endHour: number | null, system_presence: string): EntityRow => ({
    user_id: userId,
    start_time: at(startHour),
    end_time: endHour === null ? null : at(endHour),
    system_presence,
    organization_presence_id: null,
    extra: null,
  });
  const stored = () =>
    pool.query(
      `select start_time, end_time, system_presence from genesys.user_presences where user_id = $1 order by 1`,
      [userId],
    );
  await store(new Date('2026-01-06T08:00:00Z'), row(8, 12, 'AVAILABLE'), row(12, 17, 'MEAL'));
  const { rows } = await stored();
  expect(rows).toHaveLength(2);
  await store(new Date('2026-01-05T10:00:00Z'), row(8, null, 'AVAILABLE'));
  expect((await stored()).rows).toEqual(rows);
  await store(new Date('2026-01-07T08:00:00Z'), row(8, 17, 'AVAILABLE'));
  expect((await stored()).rows).toMatchObject([{ end_time: new Date(at(17)) }]);
});

test('what of a day was followed by the hour is one slice when the day is over', async () => {
  const { rows } = await pool.query(
    `select count(*)::int as count from extract.slices
     where stream = 'user_details' and slice_from >= '2026-03-11' and slice_to <= '2026-03-12'`,
  );
  expect(rows).toEqual([{ count: 1 }]);
});
