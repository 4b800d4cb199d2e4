import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowVersions, runCommand } from '../support/program.js';
import {
  expectTruth,
  type Family,
  families,
  requestsBy,
  type Setup,
  setUp,
  sorted,
  streams,
  sync,
  totalsOfApi,
  totalsOfTable,
} from './aggregates-support.js';

describe('aggregates', () => {
  let setup: Setup;
  let requests: Record<string, number>;
  beforeAll(async () => {
    setup = await setUp();
  });
  afterAll(() => setup.close());

  test('are stored by the half hour so that they add up to what the API says about days, today included', {
    timeout: 60_000,
  }, async () => {
    expect(await runCommand(sync, setup.sandbox, setup.environment)).toMatchObject({ status: 0 });
    requests = requestsBy(setup.sandbox);
    await expectTruth(setup, '2026-03-10T00:00:00.000Z', '2026-03-11T00:00:00.000Z');
    await expectTruth(setup, '2026-03-11T00:00:00.000Z', '2026-03-12T00:00:00.000Z');
    const upToNow = families.filter(
      ({ relation }) => !['survey_aggregates', 'evaluation_aggregates'].includes(relation),
    );
    await expectTruth(setup, '2026-03-12T00:00:00.000Z', '2026-03-12T15:00:00.000Z', upToNow);
  });

  test('cost one request for a past day and three for the running one on a first start', () => {
    // Two past days and 0–6, 6–12 and 12–15 o'clock, for queues, agents and wrap-up codes; for flows and for their outcomes.
    expect(requests['conversations aggregates query']).toBe(3 * 5);
    expect(requests['flows aggregates query']).toBe(2 * 5);
    expect(requests['users aggregates query']).toBe(5);
    // These are pulled every six hours.
    expect(requests['surveys aggregates query']).toBe(4);
    expect(requests['evaluations aggregates query']).toBe(4);
  });

  test('have no row where a group or a metric is absent, and whole statistics where it is there', async () => {
    const { rows } = await setup.pool.query(
      `select count(*) filter (where count = 0 and metric <> 'oServiceLevel')::int as zeros,
           count(*) filter (where metric = 'oServiceLevel' and ratio is not null and denominator > 0)::int as levels,
           count(*) filter (where metric = 'tHandle' and (max is null or min is null or sum is null))::int as partial,
           count(*) filter (where extra is not null)::int as extras,
           count(*) filter (where interval_end - interval_start <> interval '30 minutes')::int as odd
       from genesys.queue_aggregates`,
    );
    expect(rows[0]).toMatchObject({ zeros: 0, partial: 0, extras: 0, odd: 0 });
    expect(rows[0].levels).toBeGreaterThan(0);
  });

  test('write no row when everything is pulled again unchanged', { timeout: 60_000 }, async () => {
    const before = await rowVersions(setup.pool);
    setup.sandbox.resetRequests();
    const range = ['--from', '2026-03-10T00:00:00Z', '--to', '2026-03-12T12:00:00Z', '--force'];
    const again = ['backfill', ...range, ...streams.flatMap((stream) => ['--stream', stream])];
    expect(await runCommand(again, setup.sandbox, setup.environment)).toMatchObject({ status: 0 });
    expect(requestsBy(setup.sandbox)['conversations aggregates query']).toBeGreaterThan(10);
    expect(await rowVersions(setup.pool)).toEqual(before);
    const { rows } = await setup.pool.query(
      `select distinct pass from extract.slices where stream = 'queue_aggregates' and slice_to <= '2026-03-12T12:00Z'`,
    );
    expect(rows).toEqual([{ pass: 2 }]);
  });
});

describe('limits and refusals', () => {
  test('what is too large for an answer is cut in two in the ledger, and by queue below that; nothing is missing', {
    timeout: 120_000,
  }, async () => {
    const setup = await setUp({ aggregateRowsMax: 12 });
    try {
      const from = '2026-03-11T00:00:00.000Z';
      const to = '2026-03-12T00:00:00.000Z';
      const args = ['backfill', '--from', from, '--to', to, '--stream', 'queue_aggregates'];
      const run = await runCommand(args, setup.sandbox, setup.environment);
      expect(run.status, run.output).toBe(0);
      const { rows } = await setup.pool.query(
        `select count(*)::int as slices, sum(slice_to - slice_from) = interval '24 hours' as is_whole
         from extract.slices where stream = 'queue_aggregates'`,
      );
      expect(rows[0].slices).toBeGreaterThan(4);
      expect(rows[0].is_whole).toBe(true);
      const roomy = await setUp();
      const totals = await totalsOfApi(roomy, families[0] as Family, `${from}/${to}`);
      await roomy.close();
      expect(sorted(await totalsOfTable(setup, families[0] as Family, from, to))).toEqual(sorted(totals));
      const isByQueue = setup.sandbox
        .requests()
        .some(({ body }) => JSON.stringify(body ?? null).includes('"notExists"'));
      expect(isByQueue).toBe(true);
    } finally {
      await setup.close();
    }
  });

  test('a data set without permission is reported with the permission, the others are pulled', {
    timeout: 60_000,
  }, async () => {
    const faults = { missingPermissions: ['analytics:userAggregate:view', 'analytics:surveyAggregate:view'] };
    const setup = await setUp({ faults });
    try {
      const run = await runCommand(sync, setup.sandbox, setup.environment);
      expect(run.status).toBe(1);
      expect(run.output).toContain('analytics:userAggregate:view');
      expect(run.output).toContain('analytics:surveyAggregate:view');
      const { rows } = await setup.pool.query(
        `select stream, bool_and(pass > 0) as is_pulled from extract.slices group by stream order by stream`,
      );
      expect(rows.filter((row) => !row.is_pulled).map((row) => row.stream)).toEqual([
        'survey_aggregates',
        'user_aggregates',
      ]);
    } finally {
      await setup.close();
    }
  });
});
