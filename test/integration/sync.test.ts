import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import {
  differencesFromTruth,
  environmentFor,
  missingConversations,
  rowVersions,
  runCommand,
} from '../support/program.js';

const at = new Date('2026-03-12T15:07:00Z');
const day = 86_400_000;

async function setUp() {
  const sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 150,
    agents: 12,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  const database = await migratedDatabase();
  const pool = testPool(database.url);
  return {
    sandbox,
    database,
    pool,
    environment: { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '3d' },
  };
}

describe('sync', () => {
  let sandbox: Sandbox;
  let database: TestDatabase;
  let pool: pg.Pool;
  let environment: Record<string, string>;

  beforeAll(async () => {
    ({ sandbox, database, pool, environment } = await setUp());
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
    await sandbox.close();
  });

  test('fills an empty warehouse with what the API says, every conversation of the range and no other content', {
    timeout: 120_000,
  }, async () => {
    const run = await runCommand(['sync'], sandbox, environment);
    expect(run).toMatchObject({ status: 0 });
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
    expect(
      await missingConversations(pool, sandbox, new Date(at.getTime() - 3 * day), new Date('2026-03-12T15:00:00Z')),
    ).toEqual([]);
    const { rows } = await pool.query('select count(*)::int as count from genesys.conversations');
    expect(rows[0].count).toBeGreaterThan(300);
  });

  test('leaves statistics of every table that has rows, of the smallest too, so that the first report is planned well', async () => {
    const { rows } = await pool.query<{ tables: number; unknown: string[] }>(
      `select
         count(*) filter (where reltuples between 1 and 49)::int as tables,
         array_agg(oid::regclass::text) filter (where reltuples < 0) as unknown
       from pg_class
       where relkind = 'r' and relnamespace in ('genesys'::regnamespace, 'wrapup'::regnamespace) and pg_relation_size(oid) > 0`,
    );
    expect(rows[0]?.unknown ?? []).toEqual([]);
    expect(rows[0]?.tables).toBeGreaterThan(5);
  });

  test('keeps attributes that only the details jobs know beside the newer content of the query', async () => {
    const { rows } = await pool.query(
      `select count(*)::int as count from extract.stored_conversations where attributes_as_of < as_of`,
    );
    expect(rows[0].count).toBeGreaterThan(0);
  });

  test('writes no row and pulls nothing when nothing is due', async () => {
    const before = await rowVersions(pool);
    sandbox.resetRequests();
    expect(await runCommand(['sync'], sandbox, environment)).toMatchObject({ status: 0 });
    expect(await rowVersions(pool)).toEqual(before);
    expect(sandbox.requests().filter((request) => request.path.includes('analytics'))).toEqual([]);
  });

  test('writes no row when everything is pulled again unchanged', async () => {
    const before = await rowVersions(pool);
    const range = ['--from', '2026-03-09T00:00:00Z', '--to', '2026-03-12T00:00:00Z'];
    const run = await runCommand(
      ['backfill', ...range, '--stream', 'conversation_history', '--force'],
      sandbox,
      environment,
    );
    expect(run).toMatchObject({ status: 0 });
    expect(sandbox.requests().some((request) => request.path.endsWith('details/jobs'))).toBe(true);
    expect(await rowVersions(pool)).toEqual(before);
  });

  test('follows what changes: closes open conversations, notes what was restated, stays equal to the API', {
    timeout: 120_000,
  }, async () => {
    const { rows: open } = await pool.query(
      'select conversation_id as id from extract.stored_conversations where is_open',
    );
    expect(open.length).toBeGreaterThan(0);
    sandbox.setNow(new Date(at.getTime() + 4 * day));
    expect(await runCommand(['sync'], sandbox, environment)).toMatchObject({ status: 0 });
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
    const { rows } = await pool.query('select count(*)::int as count from extract.restatements');
    expect(rows[0].count).toBeGreaterThan(0);
    const stillOpen = await pool.query(
      'select count(*)::int as count from extract.stored_conversations where is_open and conversation_id = any($1)',
      [open.map((row) => row.id)],
    );
    expect(stillOpen.rows[0].count).toBeLessThan(open.length);
  });

  test('leaves a ledger whose slices neither overlap nor leave a hole', async () => {
    const { rows } = await pool.query(
      `select stream, slice_to, next_from from (
           select stream, slice_to, lead(slice_from) over (partition by stream order by slice_from) as next_from
           from extract.slices where stream in ('conversations', 'conversation_history')
       ) as neighbours where next_from is not null and next_from <> slice_to`,
    );
    expect(rows).toEqual([]);
  });
});
