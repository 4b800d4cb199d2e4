import { afterEach, describe, expect, test } from 'vitest';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/index.js';
import { missingConversations } from '../support/program.js';
import { isFull, propertyCases } from '../support/runs.js';
import {
  at,
  closeAll,
  covered,
  expectTruth,
  expectWhole,
  figuresOf,
  openWarehouse,
  type Warehouse,
} from './caps-support.js';

/** Whatever the API calls too much is cut in the ledger until it is not, and ends complete. */
const timeout = 120_000;

afterEach(closeAll);

const small = { conversationsPerDay: 100, agents: 8 };
const open = (options: SandboxOptions = {}): Promise<Warehouse> => openWarehouse({ ...small, ...options });
/** A centre in which answers are large; in the daily suite a small one, and of the kinds of refusals one each. */
const openLarge = (options: SandboxOptions = {}): Promise<Warehouse> =>
  openWarehouse({ ...(isFull() ? {} : small), ...options });

const refusals = [
  ['413', { http413: { rate: 1, times: 3, path: '/details/query' } }],
  ['504', { http5xx: { rate: 1, times: 6, status: 504, path: '/details/query' } }],
] as const;
const tooLarge = [
  ['queue_aggregates', { aggregateRowsMax: 60 }, {}],
  ['user_aggregates', { aggregateRowsMax: 60 }, {}],
  ['queue_aggregates', {}, { http413: { rate: 1, times: 2, path: '/aggregates/query' } }],
  ['queue_aggregates', {}, { http5xx: { rate: 1, times: 6, status: 504, path: '/aggregates/query' } }],
] as const;

describe('the details query', () => {
  test('that may not be paged to its end is cut until each part may', { timeout }, async () => {
    const warehouse = await openWarehouse({ detailsHitsMax: 100 });
    expect(await warehouse.backfill('conversations')).toMatchObject({ status: 0 });
    await expectWhole(warehouse.pool, 'conversations', 5);
    await expectTruth(warehouse);
  });

  test.each(propertyCases<(typeof refusals)[number]>(refusals, [refusals[0]]))(
    'that answers %s is cut and ends complete',
    { timeout },
    async (_status, faults) => {
      const warehouse = await openLarge();
      warehouse.sandbox.setFaults(faults);
      expect(await warehouse.backfill('conversations')).toMatchObject({ status: 0 });
      await expectWhole(warehouse.pool, 'conversations', 3);
      await expectTruth(warehouse);
    },
  );

  test.each(propertyCases([502, 503], [502]))(
    'that a gateway answers with %i on deep pages is cut and ends complete',
    { timeout },
    async (status) => {
      // Needs several pages.
      const warehouse = await openWarehouse();
      warehouse.sandbox.setFaults({ deepPages: { rate: 1, page: 1, status } });
      expect(await warehouse.backfill('conversations')).toMatchObject({ status: 0 });
      await expectWhole(warehouse.pool, 'conversations', 3);
      await expectTruth(warehouse);
    },
  );

  test('over more days than it allows is cut into parts that it allows', { timeout }, async () => {
    const warehouse = await open();
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
    const warehouse = await open();
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
  test.each(propertyCases<(typeof tooLarge)[number]>(tooLarge, tooLarge.slice(0, 2)))(
    '%s that are larger than an answer may be (%j, %j) are cut and the same in the end',
    {
      timeout,
    },
    async (stream, options, faults) => {
      const [free, capped] = [await openLarge(), await openLarge(options)];
      capped.sandbox.setFaults(faults);
      for (const { backfill } of [free, capped]) expect(await backfill(stream)).toMatchObject({ status: 0 });
      await expectWhole(capped.pool, stream, 3);
      const expected = await figuresOf(free.pool, stream);
      expect(expected.length).toBeGreaterThan(50);
      expect(await figuresOf(capped.pool, stream)).toEqual(expected);
    },
  );
});

describe('details jobs', () => {
  const submissions = (sandbox: Sandbox) =>
    sandbox.requests().filter(({ method, path }) => method === 'POST' && path.endsWith('/details/jobs'));
  const days = ['--from', '2026-03-06', '--to', '2026-03-11', '--stream', 'conversation_history'];

  test('are pulled all the same where the limits may not be read', { timeout }, async () => {
    const { sandbox, run } = await open({ jobsConcurrentMax: 2 });
    sandbox.setFaults({ http413: { rate: 1, path: '/limits/' } });
    expect(await run('backfill', ...days)).toMatchObject({ status: 0 });
    expect(submissions(sandbox).map(({ status }) => status)).toEqual(Array(5).fill(202));
  });
});
