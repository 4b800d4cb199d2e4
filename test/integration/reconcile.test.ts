import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attemptsMax } from '../../src/postgres/reconcile/reconcile.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, type ProgramRun, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T15:07:00Z');
const hour = 3_600_000;
/** Two days so old that nothing of them is pending after one pull, and the day before them, of which nothing is pulled. */
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

describe('what was lost is found, named and pulled again by the next sync:', () => {
  function expectDue(due: readonly unknown[]): void {
    expect(due).toContainEqual({ stream: 'conversation_history', day: '2026-01-21' });
    expect(due).toContainEqual({ stream: 'queue_aggregates', day: '2026-01-21' });
    expect(due).not.toContainEqual({ stream: 'queue_aggregates', day: '2026-01-20' });
  }

  /** The sync compares what it has pulled, so that no further command is needed. */
  async function expectEqualAfterSync(): Promise<void> {
    expectDue(await dueSlices());
    later();
    expect(await syncNow()).toMatchObject({ status: 0 });
    expect(await differences()).toEqual([]);
    expect(await dayRows()).toEqual(equal);
    expect(await dueSlices()).toEqual([]);
    expect((await reconcile()).status).toBe(0);
  }

  test('a conversation that is not there at all', { timeout: 60_000 }, async () => {
    const { conversation_id, queue_id } = await handling();
    const tables = await rows<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attname = 'conversation_id'
       where c.relnamespace = 'genesys'::regnamespace and c.relkind = 'p'`,
    );
    for (const { name } of [...tables, { name: 'extract.stored_conversations' }])
      await pool.query(`delete from ${name} where conversation_id = $1`, [conversation_id]);
    const run = await reconcile('--format', 'json');
    expect(run.status).toBe(1);
    const found = await differences();
    expect(found).toContainEqual(expect.objectContaining({ queue_id, metric: 'tHandle', state: 'different' }));
    expect(found.every((row) => row.details_count < row.aggregate_count)).toBe(true);
    // Between the damage and the pull nothing is final, and no attempt is counted twice.
    expect((await reconcile()).status).toBe(0);
    expect(await dayRows()).toContainEqual({ day: '2026-01-21', state: 'not_final', different: 0, attempts: 1 });
    await expectEqualAfterSync();
  });

  test('a metric with another value than was emitted, although the record is known', { timeout: 60_000 }, async () => {
    const { conversation_id, queue_id, media_type } = await handling();
    await pool.query(
      `update genesys.session_metrics set value = value + 1 where conversation_id = $1 and name = 'tHandle'`,
      [conversation_id],
    );
    const run = await reconcile('--format', 'csv');
    const [found, ...others] = await differences();
    expect(found).toMatchObject({ queue_id, media_type, metric: 'tHandle', state: 'different' });
    expect(found?.details_count).toBe(found?.aggregate_count);
    expect(found?.details_ms).toBe((found?.aggregate_ms ?? 0) + 1);
    expect(others).toEqual([]);
    const lines = run.output.split('\n').filter((line) => line.includes(`,${media_type},tHandle,`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^2026-01-21T\d\d:\d\dZ,.*,different$/);
    await expectEqualAfterSync();
  });

  test('metrics that a known conversation has lost', { timeout: 60_000 }, async () => {
    const { conversation_id } = await handling();
    await pool.query('delete from genesys.session_metrics where conversation_id = $1', [conversation_id]);
    expect((await reconcile()).status).toBe(1);
    await expectEqualAfterSync();
  });

  test('an aggregate that is not there', { timeout: 60_000 }, async () => {
    const { queue_id } = await handling();
    const { rowCount } = await pool.query(
      `delete from genesys.queue_aggregates
       where queue_id = $1 and metric = 'tHandle' and interval_start >= '2026-01-21' and interval_start < '2026-01-22'`,
      [queue_id],
    );
    expect(rowCount).toBeGreaterThan(0);
    expect((await reconcile()).status).toBe(1);
    await expectEqualAfterSync();
  });
});

test('a day that still differs after a pull is pulled a set number of times, then only reported', {
  timeout: 120_000,
}, async () => {
  const { conversation_id } = await handling();
  await pool.query(`update genesys.session_metrics set value = 1 where conversation_id = $1 and name = 'tHandle'`, [
    conversation_id,
  ]);
  // No answer is ever newer than this, so none may replace the record.
  await pool.query(`update extract.stored_conversations set as_of = '2030-01-01' where conversation_id = $1`, [
    conversation_id,
  ]);
  expect((await reconcile()).status).toBe(1);
  for (let attempts = 1; attempts <= attemptsMax; attempts += 1) {
    expect((await dueSlices()).length).toBeGreaterThan(0);
    expect(await dayRows()).toContainEqual({ day: '2026-01-21', state: 'different', different: 1, attempts });
    later();
    expect(await syncNow()).toMatchObject({ status: 0 });
  }
  expect(await dueSlices()).toEqual([]);
  sandbox.resetRequests();
  later();
  await syncNow();
  expect(sandbox.requests().filter((request) => String(request.path).includes('details/jobs'))).toEqual([]);
  const run = await reconcile();
  expect(run.status).toBe(1);
  expect(run.output).toContain('as often as permitted');
  expect(await dueSlices()).toEqual([]);
  expect(await dayRows()).toContainEqual({
    day: '2026-01-21',
    state: 'different',
    different: 1,
    attempts: attemptsMax,
  });
});

describe('the command', () => {
  test('ignores figures with pending pulls: differences of recent days are shown, and the exit status is 0', {
    timeout: 120_000,
  }, async () => {
    const recent = ['--from', '2026-03-10', '--to', '2026-03-12'];
    const names = streams.flatMap((name) => ['--stream', name]);
    expect(await runCommand(['backfill', ...recent, ...names], sandbox, environment)).toMatchObject({ status: 0 });
    await pool.query(
      `update genesys.session_metrics set value = value + 1000 where name = 'tHandle' and emit_date >= '2026-03-11'`,
    );
    const run = await runCommand(['reconcile', ...recent], sandbox, environment);
    expect(run.status).toBe(0);
    expect(run.output).toMatch(/2026-03-11T\d\d:\d\dZ .*tHandle .*not_final/);
    const found = await rows(
      `select distinct state from mart.ops_reconciliation where interval_start_at >= '2026-03-10'`,
    );
    expect(found).toEqual([{ state: 'not_final' }]);
  });

  test.each([
    [['--from', '2026-01-22', '--to', '2026-01-20'], /not before --to .*swap them/],
    [['--from', '2027-01-22', '--to', '2027-01-23'], /lies in the future/],
    [['--from', '2026-01-20', '--to', '2026-01-22', '--format', 'xml'], /Allowed choices are table, csv, json/],
  ])('refuses %s with one sentence', async (args, sentence) => {
    const run = await runCommand(['reconcile', ...args], sandbox, environment);
    expect(run.status).toBe(2);
    expect(run.output).toMatch(sentence);
  });
});
