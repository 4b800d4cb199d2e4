import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attemptsMax } from '../../src/postgres/reconcile.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, type ProgramRun, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T15:07:00Z');
const hour = 3_600_000;
/** Two days so old that nothing is owed of them after one pull, and the day before them, of which nothing is pulled. */
const days = ['--from', '2026-01-20', '--to', '2026-01-22'];
const streams = ['conversation_history', 'queue_aggregates', 'agent_aggregates', 'wrapup_aggregates'];

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 200,
    agents: 14,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '3d' };
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database.drop();
  await sandbox.close();
});

let elapsedHours = 0;
/** The next command runs an hour later, so that what it pulls is newer than what is stored. */
function later(): void {
  elapsedHours += 1;
  sandbox.setNow(new Date(at.getTime() + elapsedHours * hour));
}

const reconcile = (...args: string[]): Promise<ProgramRun> =>
  runCommand(['reconcile', ...days, ...args], sandbox, environment);
const syncNow = (): Promise<ProgramRun> =>
  runCommand(['sync', ...streams.flatMap((name) => ['--stream', name])], sandbox, environment);

async function rows<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await pool.query<Row>(text, values)).rows;
}

const dayRows = () =>
  rows(
    `select to_char(interval_start_at at time zone 'UTC', 'YYYY-MM-DD') as day, state, different_count::int as different,
         attempt_count as attempts
     from mart.ops_reconciliation where interval_start_at < '2026-02-01' order by 1`,
  );
const dueSlices = () =>
  rows<{ stream: string; day: string }>(
    `select stream, to_char(slice_from at time zone 'UTC', 'YYYY-MM-DD') as day from extract.slices
     where slice_to < '2026-02-01' and due_at is not null order by 1, 2`,
  );
const differences = () =>
  rows(
    `select to_char(interval_start_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as start, queue_id, media_type, metric,
         details_count::int, aggregate_count::int, (details_seconds * 1000)::int as details_ms, (aggregate_seconds * 1000)::int as aggregate_ms, state
     from mart.ops_reconciliation_differences order by 1, 2, 3, 4`,
  );

/** A handling of 21 January that lasted: what it emitted, under its queue. */
async function handling() {
  const [found] = await rows<{ conversation_id: string; queue_id: string; media_type: string; metric_no: number }>(
    `select f.conversation_id, f.queue_id, f.media_type, m.metric_no, m.participant_no, m.session_no
     from genesys.session_metrics as m
     join genesys.session_facts as f using (conversation_start, conversation_id, participant_no, session_no)
     where m.name = 'tHandle' and f.is_agent_session and f.queue_id is not null
         and m.emit_date >= '2026-01-21T09:00Z' and m.emit_date < '2026-01-21T23:00Z'
     order by m.emit_date limit 1`,
  );
  return found as NonNullable<typeof found>;
}

const equal = [
  { day: '2026-01-20', state: 'equal', different: 0, attempts: 0 },
  { day: '2026-01-21', state: 'equal', different: 0, attempts: 0 },
];

test('of data at rest every final figure is equal to the millisecond', { timeout: 120_000 }, async () => {
  const pulled = await runCommand(
    ['backfill', ...days, ...streams.flatMap((name) => ['--stream', name])],
    sandbox,
    environment,
  );
  expect(pulled).toMatchObject({ status: 0 });
  const run = await reconcile('--format', 'csv');
  expect(await differences()).toEqual([]);
  expect(run.status, run.output).toBe(0);
  expect(await dayRows()).toEqual(equal);
  const [counts] = await rows('select sum(equal_count)::int as equal from extract.reconciliations');
  expect(counts?.equal).toBeGreaterThan(500);
  expect(await dueSlices()).toEqual([]);
});
