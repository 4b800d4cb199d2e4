import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GenesysApi, JsonObject } from '../../src/genesys/api.js';
import { createGenesysApi } from '../../src/genesys/client.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, rowVersions, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T15:07:00Z');
const minuteMs = 60_000;

interface Setup {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly environment: Record<string, string>;
  readonly api: GenesysApi;
  close(): Promise<void>;
}

async function setUp(options: SandboxOptions = {}): Promise<Setup> {
  const sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 150,
    agents: 12,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
    ...options,
  });
  const database = await migratedDatabase();
  const pool = testPool(database.url);
  const api = createGenesysApi({
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
    apiUrl: sandbox.url,
    requestsPerMinute: 100_000,
    userAgentVersion: '0',
    waitMsMax: 10_000,
    timeoutMs: 60_000,
  });
  const environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '2d' };
  const close = async () => {
    await api.close();
    await pool.end();
    await database.drop();
    await sandbox.close();
  };
  return { sandbox, database, pool, environment, api, close };
}

const streams = [
  'queue_aggregates',
  'agent_aggregates',
  'wrapup_aggregates',
  'user_aggregates',
  'flow_aggregates',
  'flow_outcome_aggregates',
  'survey_aggregates',
  'evaluation_aggregates',
] as const;
const sync = ['sync', ...streams.flatMap((stream) => ['--stream', stream])];

interface Family {
  readonly relation: (typeof streams)[number];
  readonly groupBy: Readonly<Record<string, string>>;
  readonly metrics: readonly string[];
  /** A status that lasts over several intervals counts in each. */
  readonly isTimeOnly?: boolean;
  readonly ask: (api: GenesysApi, body: JsonObject) => Promise<{ readonly body: JsonObject }>;
}

const conversationMetrics = ['nOffered', 'nConnected', 'tHandle', 'tAcw', 'tAnswered', 'tAbandon', 'tTalkComplete'];
const families: readonly Family[] = [
  {
    relation: 'queue_aggregates',
    groupBy: { queueId: 'queue_id', mediaType: 'media_type', direction: 'direction' },
    metrics: [...conversationMetrics, 'oServiceLevel'],
    ask: (api, body) => api.conversationAggregates(body),
  },
  {
    relation: 'agent_aggregates',
    groupBy: { userId: 'user_id', queueId: 'queue_id', mediaType: 'media_type' },
    metrics: conversationMetrics,
    ask: (api, body) => api.conversationAggregates(body),
  },
  {
    relation: 'wrapup_aggregates',
    groupBy: { wrapUpCode: 'wrap_up_code', queueId: 'queue_id', userId: 'user_id', mediaType: 'media_type' },
    metrics: conversationMetrics,
    ask: (api, body) => api.conversationAggregates(body),
  },
  {
    relation: 'user_aggregates',
    groupBy: { userId: 'user_id' },
    metrics: ['tAgentRoutingStatus', 'tSystemPresence', 'tOrganizationPresence'],
    isTimeOnly: true,
    ask: (api, body) => api.userAggregates(body),
  },
  {
    relation: 'flow_aggregates',
    groupBy: { flowId: 'flow_id', flowType: 'flow_type', mediaType: 'media_type' },
    metrics: ['nFlow', 'tFlow', 'nFlowOutcome'],
    ask: (api, body) => api.flowAggregates(body),
  },
  {
    relation: 'survey_aggregates',
    groupBy: { queueId: 'queue_id', userId: 'user_id', surveyFormId: 'survey_form_id', mediaType: 'media_type' },
    metrics: ['nSurveysSent', 'nSurveyResponses', 'oSurveyTotalScore'],
    ask: (api, body) => api.surveyAggregates(body),
  },
  {
    relation: 'evaluation_aggregates',
    groupBy: { queueId: 'queue_id', userId: 'user_id', evaluatorId: 'evaluator_id', formId: 'form_id' },
    metrics: ['nEvaluations', 'oTotalScore'],
    ask: (api, body) => api.evaluationAggregates(body),
  },
];

/** `group|metric|qualifier` → count, sum, numerator and denominator over the whole range, as one answer without granularity gives them. */
async function totalsOfApi({ api }: Setup, family: Family, interval: string): Promise<Map<string, number[]>> {
  const groupBy = Object.keys(family.groupBy);
  const { body } = await family.ask(api, { interval, groupBy, metrics: family.metrics });
  const totals = new Map<string, number[]>();
  for (const result of (body.results ?? []) as JsonObject[]) {
    const group = groupBy.map((name) => (result.group as JsonObject)[name] ?? null);
    for (const data of result.data as JsonObject[])
      for (const { metric, qualifier, stats } of data.metrics as {
        metric: string;
        qualifier?: string;
        stats: JsonObject;
      }[])
        totals.set(
          JSON.stringify([...group, metric, qualifier ?? null]),
          ['count', 'sum', 'numerator', 'denominator'].map((name) => Number(stats[name] ?? 0)),
        );
  }
  return totals;
}

/** Computes the totals from the half hours in the table. */
async function totalsOfTable(
  { pool }: Setup,
  family: Family,
  from: string,
  to: string,
): Promise<Map<string, number[]>> {
  const columns = Object.values(family.groupBy).join(', ');
  const { rows } = await pool.query(
    `select json_build_array(${columns}, metric, qualifier)::text as key, coalesce(sum(count), 0)::float8 as count,
         coalesce(sum(sum), 0)::float8 as sum, coalesce(sum(numerator), 0)::float8 as numerator,
         coalesce(sum(denominator), 0)::float8 as denominator
     from genesys.${family.relation}
     where interval_start >= $1 and interval_end <= $2 and metric = any($3)
     group by ${columns}, metric, qualifier`,
    [from, to, family.metrics],
  );
  return new Map(
    rows.map((row) => [JSON.stringify(JSON.parse(row.key)), [row.count, row.sum, row.numerator, row.denominator]]),
  );
}

const sorted = (map: ReadonlyMap<string, readonly number[]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

async function expectTruth(
  setup: Setup,
  from: string,
  to: string,
  only = families,
  isPresentOnly = false,
): Promise<void> {
  for (const family of only) {
    const totals = await totalsOfApi(setup, family, `${from}/${to}`);
    expect(totals.size, family.relation).toBeGreaterThan(0);
    // The directory lists these as deleted from the first listing on: nobody asks about their present.
    const deleted = setup.sandbox.world.directory.users.filter(({ state }) => state === 'deleted');
    const isCompared = (key: string) => !isPresentOnly || deleted.every(({ id }) => !key.includes(String(id)));
    const compared = (map: ReadonlyMap<string, readonly number[]>) =>
      sorted(map)
        .filter(([key]) => isCompared(key))
        .map(([key, values]) => [key, family.isTimeOnly ? values.slice(1) : values]);
    expect(compared(await totalsOfTable(setup, family, from, to)), family.relation).toEqual(compared(totals));
  }
}

function requestsBy(sandbox: Sandbox): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of sandbox.requests()) counts[operation ?? ''] = (counts[operation ?? ''] ?? 0) + 1;
  return counts;
}

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

describe('a day followed live', () => {
  let setup: Setup;
  beforeAll(async () => {
    setup = await setUp({ clock: { kind: 'fixed', at: new Date('2026-03-11T00:07:00Z') } });
  });
  afterAll(() => setup.close());
  const args = ['sync', '--stream', 'queue_aggregates', '--stream', 'user_aggregates'];

  test('is never older than its granularity and costs one request a half hour and data set', {
    timeout: 120_000,
  }, async () => {
    const { sandbox, pool, environment } = setup;
    await runCommand(['sync', '--stream', 'directory', ...args.slice(1)], sandbox, environment);
    sandbox.resetRequests();
    for (let step = 1; step <= 48; step += 1) {
      sandbox.advance(30 * minuteMs);
      expect(await runCommand(args, sandbox, environment)).toMatchObject({ status: 0 });
      const { rows } = await pool.query(
        `select max(slice_to) as until from extract.slices where stream = 'queue_aggregates' and pass > 0`,
      );
      expect(sandbox.now().getTime() - rows[0].until.getTime()).toBeLessThan(30 * minuteMs);
    }
    const counts = requestsBy(sandbox);
    // A dozen and some users are one request. For the day before a second pass came due.
    expect(counts['conversations aggregates query']).toBe(48 + 1);
    expect(counts['users aggregates query']).toBe(48 + 1);
    await expectTruth(
      setup,
      '2026-03-11T00:00:00.000Z',
      '2026-03-12T00:00:00.000Z',
      families.filter(({ relation }) => ['queue_aggregates', 'user_aggregates'].includes(relation)),
      true,
    );
  });

  test('becomes one slice once it is over, whose second pass is one request', async () => {
    const { sandbox, pool, environment } = setup;
    sandbox.advance(10 * minuteMs);
    await runCommand(args, sandbox, environment);
    const ledger = `select slice_to, pass, due_at from extract.slices
      where stream = 'queue_aggregates' and slice_from >= '2026-03-11' and slice_to <= '2026-03-12'`;
    expect((await pool.query(ledger)).rows).toEqual([
      { slice_to: new Date('2026-03-12'), pass: 1, due_at: new Date('2026-03-13') },
    ]);
    sandbox.setNow(new Date('2026-03-13T00:05:00Z'));
    sandbox.resetRequests();
    await runCommand(args, sandbox, environment);
    expect((await pool.query(ledger)).rows).toMatchObject([{ pass: 2, due_at: new Date('2026-03-15') }]);
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
