import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pruneBefore } from '../../src/cli/prune.js';
import { planSchedule } from '../../src/engine/plan.js';
import type { GenesysApi } from '../../src/genesys/api.js';
import { UsageError } from '../../src/lib/errors.js';
import { prune } from '../../src/postgres/retention/prune.js';
import { createWarehouse } from '../../src/postgres/warehouse.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { conversationHistoryStream } from '../../src/streams/conversations/history.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, runCommand } from '../support/program.js';
import { databaseText } from './database-text.js';

const at = new Date('2026-03-12T15:07:00Z');
/** The beginning of what `prune --keep 90d` keeps at that time. */
const before = new Date('2025-12-01T00:00:00Z');
const oldDays = [
  ['2025-09-10T00:00:00Z', '2025-09-11T00:00:00Z'],
  ['2025-10-20T00:00:00Z', '2025-10-21T00:00:00Z'],
] as const;
const quick = { waitMsMax: 200, attemptsMax: 2, pauseMs: 50 };

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;

const run = (...args: string[]) => runCommand(args, sandbox, environment);
const count = async (from: string): Promise<number> =>
  (await pool.query(`select count(*)::int as count from ${from}`)).rows[0].count;
const old = (column: string) => `${column} < '${before.toISOString()}'`;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 100,
    agents: 6,
    dataFrom: new Date('2025-08-01T00:00:00Z'),
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '2026-03-11T00:00:00Z' };
  expect(await run('sync')).toMatchObject({ status: 0 });
  for (const [from, to] of oldDays)
    expect(await run('backfill', '--from', from, '--to', to)).toMatchObject({ status: 0 });
  await pool.query(
    `insert into wrapup.surveys (source, survey_id, conversation_id, answered_at, received_at, digest)
     values ('test', '1', gen_random_uuid(), '2025-09-10', '2025-09-10', md5('1')::uuid)`,
  );
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await sandbox?.close();
});

describe('prune', () => {
  test('shows what would go and changes nothing with --dry-run', async () => {
    const text = await databaseText(pool);
    const result = await run('prune', '--keep', '90d', '--dry-run');
    expect(result).toMatchObject({ status: 0 });
    expect(result.output).toMatch(/relation +partitions +kilobytes +rows\n/);
    expect(result.output).toMatch(/genesys\.conversations +[1-9]/);
    expect(result.output).toMatch(/extract\.slices +0 +0 +[1-9]/);
    expect(await databaseText(pool)).toBe(text);
  });

  test('stops with a sentence at a report that holds a month; what is done by then stays done, and again it finishes', async () => {
    const reader = new pg.Client({ connectionString: database.url, application_name: 'old report' });
    await reader.connect();
    await reader.query('begin');
    await reader.query('select from genesys.conversations_y2025m10 limit 1');
    const client = await pool.connect();
    const options = { before, isDryRun: false, now: at, patience: quick };
    const failure = await prune(client, options).catch((error: unknown) => error as Error);
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as Error).message).toMatch(
      /^The month 2025-10 cannot be dropped: session \d+ \(application "old report"/,
    );
    client.release();
    await reader.end();
    const left = await pool.query(
      `select to_regclass('genesys.conversations_y2025m09') as september, to_regclass('genesys.conversations_y2025m10') as october`,
    );
    expect(left.rows[0].september).toBeNull();
    expect(left.rows[0].october).not.toBeNull();

    const result = await run('prune', '--keep', '90d');
    expect(result).toMatchObject({ status: 0 });
    expect(result.output).toMatch(/extract\.stored_conversations +0 +0 +[1-9]/);
  });

  test('leaves nothing of the pruned time in any table, and all that is younger', async () => {
    const months = await pool.query(
      `select relname from pg_class where relnamespace = 'genesys'::regnamespace and relname ~ '_y\\d{4}m\\d{2}$' and right(relname, 8) < 'y2025m12'`,
    );
    expect(months.rows).toEqual([]);
    expect(await count(`extract.stored_conversations where ${old('conversation_start')}`)).toBe(0);
    expect(await count(`extract.slices where ${old('slice_from')}`)).toBe(0);
    expect(await count(`extract.interval_pulls where ${old('pulled_from')}`)).toBe(0);
    expect(await count(`genesys.user_presences where ${old('end_time')}`)).toBe(0);
    expect(await count(`wrapup.surveys where ${old('answered_at')}`)).toBe(0);
    expect(await count('genesys.conversations')).toBe(await count('extract.stored_conversations'));
    expect(await count('genesys.conversations')).toBeGreaterThan(100);
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  });

  test('changes nothing the second time', async () => {
    const result = await run('prune', '--keep', '90d');
    expect(result).toMatchObject({ status: 0 });
    expect(result.output).not.toContain('partitions');
  });

  test('leaves no obligation: a schedule that reaches further back plans nothing of it, and coverage shows no hole', async () => {
    sandbox.resetRequests();
    expect(await run('sync')).toMatchObject({ status: 0 });
    const stream = conversationHistoryStream({} as GenesysApi);
    const warehouse = createWarehouse(pool, () => at);
    const start = new Date('2025-08-01T00:00:00Z');
    const ranges = await warehouse.plannedRanges(stream.name);
    const plan = planSchedule(stream, { start, now: new Date('2025-12-03T00:00:00Z') }, ranges);
    await warehouse.plan(plan);
    const { rows } = await pool.query(
      `select min(slice_from) as "from" from extract.slices where stream = 'conversation_history'`,
    );
    expect(rows[0].from).toEqual(before);
    await pool.query(`delete from extract.slices where stream = 'conversation_history' and slice_from < '2025-12-31'`);
    await pool.query(
      `update extract.streams set scheduled_from = '2026-03-11T00:00:00Z' where stream = 'conversation_history'`,
    );
    expect(await count(`mart.ops_coverage where ${old('from_at')}`)).toBe(0);
  });

  test('is minded by a backfill, which says so, and lifted by --force for the asked range alone', {
    timeout: 60_000,
  }, async () => {
    const [from, to] = oldDays[0];
    const refused = await run('backfill', '--from', from, '--to', to);
    expect(refused.status).toBe(2);
    expect(refused.output).toMatch(/2025-09-10 to 2025-09-11 was pruned on 2026-03-12; .*--force/);
    expect(await run('backfill', '--from', from, '--to', to, '--force')).toMatchObject({ status: 0 });
    expect(await count(`genesys.conversations where ${old('conversation_start')}`)).toBeGreaterThan(50);
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
    expect((await run('backfill', '--from', oldDays[1][0], '--to', oldDays[1][1])).status).toBe(2);
    expect(await run('backfill', '--from', from, '--to', to)).toMatchObject({ status: 0 });
  });
});

describe('what --keep means', () => {
  test.each([
    ['24months', '2024-03-01T00:00:00.000Z'],
    ['2years', '2024-03-01T00:00:00.000Z'],
    ['90d', '2025-12-01T00:00:00.000Z'],
    ['3months', '2025-12-01T00:00:00.000Z'],
  ])('%s keeps whole months from %s on', (keep, from) => {
    expect(pruneBefore(keep, at).toISOString()).toBe(from);
  });

  test.each(['2months', '89d', '0years', 'a year', '', '-3months'])('%s is refused with one sentence', (keep) => {
    expect(() => pruneBefore(keep, at)).toThrow(UsageError);
  });
});
