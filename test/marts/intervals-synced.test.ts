import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.js';
import { filledDatabase, filledTimeZone } from '../support/filled.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';
import { isFull } from '../support/runs.js';

const timeZone = isFull() ? 'Asia/Kolkata' : filledTimeZone;
const at = new Date('2026-03-12T15:07:00Z');
const dayMs = 86_400_000;
const directory = join(import.meta.dirname, '../sql/intervals');
const checks = readdirSync(directory).filter((name) => name.endsWith('.sql'));

let database: TestDatabase;
let pool: pg.Pool;

/** Pulled once while days run, and again when everything about them has come to rest; in the long suite in a zone of half hours. */
beforeAll(async () => {
  database = isFull() ? await halfHourZone() : await filledDatabase();
  pool = testPool(database.url);
}, 240_000);

async function halfHourZone(): Promise<TestDatabase> {
  const sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 150,
    agents: 12,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  try {
    const filled = await migratedDatabase(timeZone);
    const environment = {
      ...environmentFor(sandbox, filled.url),
      GENESYS_WAREHOUSE_START: '3d',
      GENESYS_WAREHOUSE_TIME_ZONE: timeZone,
    };
    for (const later of [0, 4 * dayMs]) {
      sandbox.setNow(new Date(at.getTime() + later));
      expect(await runCommand(['sync'], sandbox, environment)).toMatchObject({ status: 0 });
    }
    return filled;
  } finally {
    await sandbox.close();
  }
}

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const rows = async (text: string) => (await pool.query(text)).rows;

test.each(checks)('%s finds no offenders', async (name) => {
  const text = readFileSync(join(directory, name), 'utf8');
  expect(await rows(`select * from (${text}) as offenders limit 5`)).toEqual([]);
});

test.each([
  'fct_queue_intervals',
  'fct_agent_intervals',
  'fct_wrapup_intervals',
  'fct_flow_outcomes',
  'fct_agent_statuses',
  'fct_queue_direction_intervals',
  'fct_agent_queue_intervals',
  'rpt_agent_queue_days',
  'fct_presence_intervals',
  'rpt_presence_days',
])('%s has rows, and flags that are true or false, never null', async (view) => {
  const flags = await rows(
    `select column_name as name from information_schema.columns
       where table_schema = 'mart' and table_name = '${view}' and data_type = 'boolean'`,
  );
  const condition = flags.map(({ name }) => `${name} is null`).join(' or ');
  const [counts] = await rows(
    `select count(*)::int as rows, count(*) filter (where ${condition})::int as faulty from mart.${view}`,
  );
  expect(counts.rows).toBeGreaterThan(20);
  expect(counts.faulty).toBe(0);
});

test('rpt_queue_days is what the details give when each metric counts at its emission, in the queue of its session', async () => {
  const differences = await rows(`
    with
    queues as (
        select distinct on (conversation_id, participant_no, session_no)
            conversation_id, participant_no, session_no, queue_id
        from genesys.segments
        where queue_id is not null
        order by conversation_id, participant_no, session_no, segment_no desc
    ),
    details as (
        select
            (metrics.emit_date at time zone '${timeZone}')::date as day,
            queues.queue_id,
            coalesce(sessions.media_type, 'unknown') as media_type,
            coalesce(sum(metrics.value) filter (where metrics.name = 'nOffered'), 0) as offered,
            count(*) filter (where metrics.name = 'tAnswered') as answered,
            count(*) filter (where metrics.name = 'tAbandon') as abandoned,
            count(*) filter (where metrics.name = 'tHandle') as handled,
            coalesce(sum(metrics.value) filter (where metrics.name = 'tHandle'), 0) * 0.001 as handle_seconds
        from genesys.session_metrics as metrics
        inner join genesys.sessions as sessions using (conversation_start, conversation_id, participant_no, session_no)
        inner join queues using (conversation_id, participant_no, session_no)
        where metrics.name in ('nOffered', 'tAnswered', 'tAbandon', 'tHandle')
        group by 1, 2, 3
    )
    select day, queue_id, media_type, details.*, reported.offered_count, reported.handle_seconds as reported_seconds
    from details
    full join mart.rpt_queue_days as reported using (day, queue_id, media_type)
    where day between '2026-03-10' and '2026-03-13'
        and queue_id is not null
        and (details.offered, details.answered, details.abandoned, details.handled, details.handle_seconds) is distinct from
            (reported.offered_count, reported.answered_count, reported.abandoned_count, reported.handled_count, reported.handle_seconds)
        -- A queue may have had other metrics only.
        and coalesce(details.offered, reported.offered_count) + coalesce(details.handled, reported.handled_count)
            + coalesce(details.answered, reported.answered_count) + coalesce(details.abandoned, reported.abandoned_count) > 0`);
  expect(differences).toEqual([]);
  const [sum] = await rows(
    `select sum(offered_count)::int as offered, sum(handled_count)::int as handled from mart.rpt_queue_days
     where day between '2026-03-10' and '2026-03-13'`,
  );
  expect(sum.offered).toBeGreaterThan(100);
  expect(sum.handled).toBeGreaterThan(100);
});
