import type pg from 'pg';
import { expect } from 'vitest';
import type { GenesysApi, JsonObject } from '../../src/genesys/api.js';
import { createGenesysApi } from '../../src/genesys/client.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor } from '../support/program.js';

export const at = new Date('2026-03-12T15:07:00Z');

export interface Setup {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly environment: Record<string, string>;
  readonly api: GenesysApi;
  close(): Promise<void>;
}

export async function setUp(options: SandboxOptions = {}): Promise<Setup> {
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

export const streams = [
  'queue_aggregates',
  'agent_aggregates',
  'wrapup_aggregates',
  'user_aggregates',
  'flow_aggregates',
  'flow_outcome_aggregates',
  'survey_aggregates',
  'evaluation_aggregates',
] as const;
export const sync = ['sync', ...streams.flatMap((stream) => ['--stream', stream])];

export interface Family {
  readonly relation: (typeof streams)[number];
  readonly groupBy: Readonly<Record<string, string>>;
  readonly metrics: readonly string[];
  /** A status that lasts over several intervals counts in each. */
  readonly isTimeOnly?: boolean;
  readonly ask: (api: GenesysApi, body: JsonObject) => Promise<{ readonly body: JsonObject }>;
}

const conversationMetrics = ['nOffered', 'nConnected', 'tHandle', 'tAcw', 'tAnswered', 'tAbandon', 'tTalkComplete'];
export const families: readonly Family[] = [
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
export async function totalsOfApi({ api }: Setup, family: Family, interval: string): Promise<Map<string, number[]>> {
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
export async function totalsOfTable(
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

export const sorted = (map: ReadonlyMap<string, readonly number[]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

export async function expectTruth(
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

export function requestsBy(sandbox: Sandbox): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of sandbox.requests()) counts[operation ?? ''] = (counts[operation ?? ''] ?? 0) + 1;
  return counts;
}
