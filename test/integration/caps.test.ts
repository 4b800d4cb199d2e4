import type pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, missingConversations, runCommand } from '../support/program.js';

/** Whatever the API calls too much is cut in the ledger until it is not, and ends complete. */
const at = new Date('2026-03-14T06:07:00Z');
const day = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };
const timeout = 120_000;

interface Warehouse {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly backfill: (stream: string, ...more: string[]) => ReturnType<typeof runCommand>;
  readonly run: (...args: string[]) => ReturnType<typeof runCommand>;
}

const opened: Warehouse[] = [];

async function open(options: SandboxOptions = {}): Promise<Warehouse> {
  const sandbox = await startSandbox({
    seed: 4,
    conversationsPerDay: 250,
    agents: 20,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
    ...options,
  });
  const database = await migratedDatabase();
  const run = (...args: string[]) => runCommand(args, sandbox, environmentFor(sandbox, database.url));
  const backfill = (stream: string, ...more: string[]) =>
    run('backfill', '--from', day.from, '--to', day.to, '--stream', stream, ...more);
  const warehouse = { sandbox, database, pool: testPool(database.url), run, backfill };
  opened.push(warehouse);
  return warehouse;
}

afterEach(async () => {
  for (const { sandbox, database, pool } of opened.splice(0)) {
    await pool.end();
    await database.drop();
    await sandbox.close();
  }
});

interface Covered {
  readonly slices: number;
  readonly unfinished: number;
  readonly from: Date;
  readonly to: Date;
  /** Hours of all slices together; the range's length where nothing overlaps. */
  readonly hours: number;
}

async function covered(pool: pg.Pool, stream: string): Promise<Covered> {
  const { rows } = await pool.query<Covered>(
    `select count(*)::int as slices, count(*) filter (where pass = 0)::int as unfinished, min(slice_from) as "from", max(slice_to) as "to",
         extract(epoch from sum(slice_to - slice_from))::float8 / 3600 as hours
     from extract.slices where stream = $1`,
    [stream],
  );
  return rows[0] as Covered;
}

async function expectWhole(pool: pg.Pool, stream: string, slicesMin: number): Promise<void> {
  const { slices, ...rest } = await covered(pool, stream);
  expect(rest).toEqual({ unfinished: 0, from: new Date(day.from), to: new Date(day.to), hours: 24 });
  expect(slices).toBeGreaterThanOrEqual(slicesMin);
}

async function expectTruth({ pool, sandbox }: Warehouse): Promise<void> {
  expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  expect(await missingConversations(pool, sandbox, new Date(day.from), new Date(day.to))).toEqual([]);
}

describe('the details query', () => {
  test('that may not be paged to its end is cut until each part may', { timeout }, async () => {
    const warehouse = await open({ detailsHitsMax: 100 });
    expect(await warehouse.backfill('conversations')).toMatchObject({ status: 0 });
    await expectWhole(warehouse.pool, 'conversations', 5);
    await expectTruth(warehouse);
  });

  test.each([
    ['413', { http413: { rate: 1, times: 3, path: '/details/query' } }],
    ['504', { http5xx: { rate: 1, times: 6, status: 504, path: '/details/query' } }],
  ] as const)('that answers %s is cut and ends complete', { timeout }, async (_status, faults) => {
    const warehouse = await open();
    warehouse.sandbox.setFaults(faults);
    expect(await warehouse.backfill('conversations')).toMatchObject({ status: 0 });
    await expectWhole(warehouse.pool, 'conversations', 3);
    await expectTruth(warehouse);
  });

  test.each([502, 503])(
    'that a gateway answers with %i on deep pages is cut and ends complete',
    { timeout },
    async (status) => {
      const warehouse = await open();
      warehouse.sandbox.setFaults({ deepPages: { rate: 1, page: 1, status } });
      expect(await warehouse.backfill('conversations')).toMatchObject({ status: 0 });
      await expectWhole(warehouse.pool, 'conversations', 3);
      await expectTruth(warehouse);
    },
  );

  test.each([
    ['conversations', { duplicateAcrossPages: 0.6, wrongTotalHits: { rate: 0.6, driftMax: 40 } }],
    ['conversation_history', { duplicateAcrossPages: 0.6, shortPages: 0.6 }],
  ] as const)(
    'of %s whose pages are short, repeat records or count wrongly ends complete',
    { timeout },
    async (stream, faults) => {
      const warehouse = await open({ conversationsPerDay: 2_500 });
      warehouse.sandbox.setFaults(faults);
      expect(await warehouse.backfill(stream)).toMatchObject({ status: 0 });
      const injected = warehouse.sandbox.faultsInjected();
      expect(Object.keys(faults).filter((name) => injected[name] === undefined)).toEqual([]);
      await expectTruth(warehouse);
    },
  );

  test('over more days than it allows is cut into parts that it allows', { timeout }, async () => {
    const warehouse = await open({ conversationsPerDay: 100, agents: 8 });
    const { pool, run } = warehouse;
    await pool.query(
      `insert into extract.slices (stream, slice_from, slice_to, priority, due_at, requested_at)
       values ('conversations', '2026-02-08Z', '2026-03-11Z', 0, $1, $1)`,
      [at],
    );
    const range = ['--from', '2026-02-08', '--to', '2026-03-11'];
    expect(await run('backfill', ...range, '--stream', 'conversations')).toMatchObject({ status: 0 });
    const whole = await covered(pool, 'conversations');
    expect(whole).toMatchObject({
      unfinished: 0,
      from: new Date('2026-02-08'),
      to: new Date('2026-03-11'),
      hours: 31 * 24,
    });
    const { rows } = await pool.query(
      `select max(slice_to - slice_from) <= interval '7 days' as fits from extract.slices where stream = 'conversations'`,
    );
    expect(rows).toEqual([{ fits: true }]);
    expect(await missingConversations(pool, warehouse.sandbox, new Date('2026-02-08'), new Date('2026-03-11'))).toEqual(
      [],
    );
  });

  test('that is refused permanently even in the smallest part fails by name, shows in coverage, and is pulled once it is permitted', {
    timeout,
  }, async () => {
    const warehouse = await open({ conversationsPerDay: 100, agents: 8 });
    const { pool, sandbox, run } = warehouse;
    const range = ['--from', '2026-03-10T08:00:00Z', '--to', '2026-03-10T08:02:00Z', '--stream', 'conversations'];
    sandbox.setFaults({ http413: { rate: 1, path: '/details/query' } });
    expect(await run('backfill', ...range)).toMatchObject({ status: 1 });
    const gaps = () =>
      pool.query(
        `select state, length_seconds::int, age_seconds is not null as has_age, next_attempt_at > $1 as has_next, last_error like '%413%' as says_why
         from mart.ops_coverage where stream = 'conversations'`,
        [at],
      );
    const gap = { state: 'failing', length_seconds: 60, has_age: true, has_next: true, says_why: true };
    expect((await gaps()).rows).toEqual([gap, gap]);
    sandbox.setFaults({});
    sandbox.advance(60_000);
    expect(await run('backfill', ...range)).toMatchObject({ status: 0 });
    expect((await gaps()).rows).toEqual([]);
  });
});

describe('aggregates', () => {
  const figures = async (pool: pg.Pool, relation: string) =>
    (
      await pool.query(
        `select interval_start, metric, count(*)::int as rows, sum(count)::int as count, sum(sum)::float8 as sum
         from genesys.${relation} group by 1, 2 order by 1, 2`,
      )
    ).rows;

  test.each([
    ['queue_aggregates', { aggregateRowsMax: 60 }, {}],
    ['user_aggregates', { aggregateRowsMax: 60 }, {}],
    ['queue_aggregates', {}, { http413: { rate: 1, times: 2, path: '/aggregates/query' } }],
    ['queue_aggregates', {}, { http5xx: { rate: 1, times: 6, status: 504, path: '/aggregates/query' } }],
  ] as const)(
    '%s that are larger than an answer may be (%j, %j) are cut and the same in the end',
    {
      timeout,
    },
    async (stream, options, faults) => {
      const [free, capped] = [await open(), await open(options)];
      capped.sandbox.setFaults(faults);
      for (const { backfill } of [free, capped]) expect(await backfill(stream)).toMatchObject({ status: 0 });
      await expectWhole(capped.pool, stream, 3);
      const expected = await figures(free.pool, stream);
      expect(expected.length).toBeGreaterThan(50);
      expect(await figures(capped.pool, stream)).toEqual(expected);
    },
  );
});

describe('details jobs', () => {
  const submissions = (sandbox: Sandbox) =>
    sandbox.requests().filter(({ method, path }) => method === 'POST' && path.endsWith('/details/jobs'));
  const days = ['--from', '2026-03-06', '--to', '2026-03-11', '--stream', 'conversation_history'];

  test('run no more at once than the limits of the organisation leave to this program', { timeout }, async () => {
    const { sandbox, run } = await open({
      conversationsPerDay: 100,
      agents: 8,
      jobsConcurrentMax: 3,
      jobDurationMs: 1_500,
    });
    expect(await run('backfill', ...days)).toMatchObject({ status: 0 });
    expect(sandbox.requests().filter(({ path }) => path.includes('/limits/namespaces/analytics'))).toHaveLength(1);
    expect(submissions(sandbox).map(({ status }) => status)).toEqual(Array(5).fill(202));
  });

  test('are pulled all the same where the limits may not be read', { timeout }, async () => {
    const { sandbox, run } = await open({ conversationsPerDay: 100, agents: 8, jobsConcurrentMax: 2 });
    sandbox.setFaults({ http413: { rate: 1, path: '/limits/' } });
    expect(await run('backfill', ...days)).toMatchObject({ status: 0 });
    expect(submissions(sandbox).map(({ status }) => status)).toEqual(Array(5).fill(202));
  });
});
