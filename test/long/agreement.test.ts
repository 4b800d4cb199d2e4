import { afterEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { objects } from '../../src/sandbox/server/faults/record-faults.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import {
  aggregatesOf,
  type Range,
  recordsOf,
  serviceLevelsFrom,
  serviceLevelsOf,
  statusAggregates,
  statusesFromDetails,
} from '../sandbox/agreement-reader.js';
import { dayMs, differences, type Figures, figuresOf } from '../sandbox/figures.js';
import { figuresOfRecords } from '../sandbox/figures-of-records.js';
import { type Client, clientOf } from '../sandbox/server-client.js';

/**
 * Details and figures of one sandbox, read over HTTP at several instants. `SANDBOX_AGREEMENT=long npx vitest run
 * test/sandbox/agreement.test.ts` compares millions of metrics and takes many minutes.
 */
const isLong = process.env.SANDBOX_AGREEMENT === 'long';

interface Case {
  readonly seed: number;
  readonly agents: number;
  readonly perDay: number;
  readonly timeZone: string;
  readonly from: string;
  readonly days: number;
  /** In days after `from`: when it is asked, in this order, forth and back. */
  readonly instants: readonly number[];
}

const cases: readonly Case[] = [
  // The clocks go forward in the night from the 28th to the 29th.
  {
    seed: 31,
    agents: 60,
    perDay: 900,
    timeZone: 'Europe/Berlin',
    from: '2026-03-28',
    days: 3,
    instants: [1.4, 12, 3.02],
  },
  { seed: 32, agents: 8, perDay: 150, timeZone: 'America/Sao_Paulo', from: '2026-05-04', days: 7, instants: [70, 7] },
  { seed: 33, agents: 200, perDay: 2_500, timeZone: 'UTC', from: '2026-06-10', days: 1, instants: [1, 30] },
];

const zones = ['America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'Africa/Cairo', 'Australia/Lord_Howe', 'UTC'];
const longCases: readonly Case[] = Array.from({ length: 24 }, (_, n) => ({
  seed: 1_000 + n * 37,
  agents: [5, 40, 300, 900][n % 4] as number,
  perDay: [100, 1_200, 6_000, 15_000][n % 4] as number,
  timeZone: zones[n % zones.length] as string,
  from: new Date(Date.UTC(2026, n % 12, 1 + ((n * 5) % 27))).toISOString().slice(0, 10),
  days: [10, 4, 2, 1][n % 4] as number,
  instants: [0.6 + (n % 5) / 4, 80, [10, 4, 2, 1][n % 4] as number],
}));

const groupings = [
  ['queueId', 'mediaType'],
  ['userId', 'queueId', 'wrapUpCode'],
];
const halfHourMs = 1_800_000;

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function start({ seed, agents, perDay, timeZone }: Case, at: Date): Promise<Client> {
  sandbox = await startSandbox({
    seed,
    agents,
    timeZone,
    conversationsPerDay: perDay,
    clock: { kind: 'fixed', at },
    availabilityLagMs: 0,
    requestsPerMinute: 'unlimited',
    aggregateRowsMax: 1_000_000,
    gzip: false,
  });
  return clientOf(sandbox);
}

interface Compared {
  readonly metrics: number;
  readonly serviceLevels: number;
  readonly differences: string[];
}

/** All metrics that the records hold, in both groupings, and the service level of each queue and medium. */
async function compare(client: Client, range: Range, records: readonly JsonObject[]): Promise<Compared> {
  const { figures, metricCount } = figuresOfRecords(records, { ...range, stepMs: halfHourMs }, groupings);
  const names = [...new Set([...(figures[0] as Figures).keys()].map((key) => key.split(' ').at(-1) as string))];
  const found: string[] = [];
  let serviceLevels = 0;
  for (const [n, groupBy] of groupings.entries()) {
    const counted = figures[n] as Figures;
    const question = { ...range, groupBy, granularity: 'PT30M' };
    const answer = await aggregatesOf(client, {
      ...question,
      family: 'conversations',
      metrics: [...names.filter((name) => !isOfFlow(name)), 'oServiceLevel'],
    });
    const flows = await aggregatesOf(client, { ...question, family: 'flows', metrics: names.filter(isOfFlow) });
    const returned = new Map([...figuresOf(answer, groupBy), ...figuresOf(flows, groupBy)]);
    for (const key of [...returned.keys()]) if (key.endsWith(' oServiceLevel')) returned.delete(key);
    if (n === 0) {
      const levels = serviceLevelsOf(answer, groupBy);
      serviceLevels = levels.size;
      found.push(...unlike(serviceLevelsFrom(counted), levels));
    }
    for (const [key, figure] of counted) if (/ n\w+$/.test(key)) figure.count = figure.sum;
    found.push(...differences(counted, returned));
  }
  return { metrics: metricCount * groupings.length, serviceLevels, differences: found };
}

function isOfFlow(name: string): boolean {
  return /Flow/.test(name) && name !== 'tFlowOut';
}

function unlike(expected: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): string[] {
  return [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((key) => expected.get(key) !== actual.get(key))
    .map((key) => `${key} oServiceLevel: ${expected.get(key)} expected, ${actual.get(key)} found`);
}

/** Metrics that were published on another day than the one their conversation began on. */
function overMidnight(records: readonly JsonObject[]): number {
  return metricsOf(records).filter(({ record, metric }) => dayOf(record.conversationStart) !== dayOf(metric.emitDate))
    .length;
}

function metricsOf(records: readonly JsonObject[]): { record: JsonObject; place: string; metric: JsonObject }[] {
  return records.flatMap((record) =>
    objects(record.participants).flatMap((participant) =>
      objects(participant.sessions).flatMap((session) =>
        objects(session.metrics).map((metric) => ({
          record,
          metric,
          place: [record.conversationId, session.sessionId, metric.name, metric.emitDate].join(' '),
        })),
      ),
    ),
  );
}

const dayOf = (at: unknown) => String(at).slice(0, 10);

/** Metrics that have another value now than they had. */
function restated(before: readonly JsonObject[], after: readonly JsonObject[]): number {
  const values = new Map(metricsOf(before).map(({ place, metric }) => [place, metric.value]));
  return metricsOf(after).filter(({ place, metric }) => values.has(place) && values.get(place) !== metric.value).length;
}

describe('details and aggregates agree over HTTP, whenever they are asked', () => {
  test.each(isLong ? longCases : cases)(
    'seed $seed, $agents agents, $perDay a day, $days days, asked on days $instants',
    { timeout: isLong ? 1_800_000 : 60_000 },
    async (asked) => {
      const fromMs = Date.parse(`${asked.from}T00:00:00Z`);
      const range = { fromMs, toMs: fromMs + asked.days * dayMs };
      const client = await start(asked, new Date(fromMs));
      const answers = [];
      let [metrics, serviceLevels, midnights] = [0, 0, 0];
      for (const instant of asked.instants) {
        sandbox.setNow(new Date(fromMs + Math.round(instant * 86_400) * 1_000));
        const records = await recordsOf(client, range);
        const compared = await compare(client, range, records);
        expect(compared.differences.slice(0, 10)).toEqual([]);
        metrics += compared.metrics;
        serviceLevels += compared.serviceLevels;
        midnights += overMidnight(records);
        answers.push(records);
      }
      expect({
        metrics: metrics > 3 * asked.perDay,
        serviceLevels: serviceLevels > 50,
        midnights: midnights > 10,
      }).toEqual({
        metrics: true,
        serviceLevels: true,
        midnights: true,
      });
      if (asked.days > 1) expect(restated(answers.at(-1) ?? [], answers.at(-2) ?? [])).toBeGreaterThan(0);
      if (isLong)
        process.stdout.write(`  ${metrics} metrics and ${serviceLevels} service levels agree (seed ${asked.seed})\n`);
    },
  );
});

describe('the time of users in statuses', () => {
  test.each(isLong ? longCases.slice(0, 8) : cases.slice(0, 2))(
    'is the sum of the spans in the details, in every hour: seed $seed, $agents agents',
    { timeout: isLong ? 1_800_000 : 60_000 },
    async (asked) => {
      const fromMs = Date.parse(`${asked.from}T00:00:00Z`);
      const range = { fromMs, toMs: fromMs + 2 * dayMs };
      const client = await start(asked, new Date(range.toMs));
      const users = sandbox.world.directory.users.map((user) => String(user.id));
      for (const hours of [30, 48.5, 15.25]) {
        const nowMs = fromMs + hours * 3_600_000;
        sandbox.setNow(new Date(nowMs));
        const returned = await statusAggregates(client, range, users);
        const counted = await statusesFromDetails(client, range, nowMs);
        expect(differences(counted, returned).slice(0, 10)).toEqual([]);
        expect(returned.size).toBeGreaterThan(users.length * 20);
      }
    },
  );
});

describe('queue observations', () => {
  test('are the sessions that the records show as open at this instant', async () => {
    const [asked] = cases as readonly [Case];
    const fromMs = Date.parse('2026-04-01T09:00:00Z');
    const client = await start(asked, new Date(fromMs));
    let seen = 0;
    for (const minutes of [0, 7, 45]) {
      const nowMs = fromMs + minutes * 60_000;
      sandbox.setNow(new Date(nowMs));
      const records = await recordsOf(client, { fromMs: nowMs - 1_000, toMs: nowMs });
      const returned = await observed(client);
      expect(returned).toEqual(openSessions(records));
      seen += returned.length;
    }
    expect(seen).toBeGreaterThan(30);
  });
});

const observedMetrics = ['oWaiting', 'oAlerting', 'oInteracting'];

/** One line for each session, with its id. */
async function observed(client: Client): Promise<string[]> {
  const mediaTypes = ['voice', 'chat', 'email', 'message', 'callback'];
  const predicates = mediaTypes.map((value) => ({ dimension: 'mediaType', value }));
  const { body } = await client.post('/api/v2/analytics/queues/observations/query', {
    filter: { type: 'or', predicates },
    metrics: observedMetrics,
    detailMetrics: observedMetrics,
  });
  return objects(body.results)
    .flatMap(({ group, data }) =>
      objects(data).flatMap(({ metric, observations }) =>
        objects(observations).map(({ sessionId, observationDate }) =>
          [metric, (group as JsonObject).queueId, (group as JsonObject).mediaType, sessionId, observationDate].join(
            ' ',
          ),
        ),
      ),
    )
    .sort();
}

const metricOfSegment: Readonly<Record<string, string>> = {
  'acd interact': 'oWaiting',
  'agent alert': 'oAlerting',
  'agent interact': 'oInteracting',
  'agent hold': 'oInteracting',
};

function openSessions(records: readonly JsonObject[]): string[] {
  return records
    .filter((record) => record.conversationEnd === undefined)
    .flatMap((record) => objects(record.participants))
    .flatMap(({ purpose, sessions }) =>
      objects(sessions).flatMap(({ mediaType, sessionId, segments }) =>
        objects(segments)
          .filter(({ segmentEnd, queueId }) => segmentEnd === undefined && queueId !== undefined)
          .flatMap(({ queueId, segmentType, segmentStart }) => {
            const metric = metricOfSegment[`${purpose} ${segmentType}`];
            return metric === undefined ? [] : [[metric, queueId, mediaType, sessionId, segmentStart].join(' ')];
          }),
      ),
    )
    .sort();
}
