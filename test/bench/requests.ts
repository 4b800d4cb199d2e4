/** Counts the requests that a day costs: the real planner, streams and client against an API that counts. */
import { sync } from '../../src/engine/sync.js';
import type { GenesysApi } from '../../src/genesys/api.js';
import { createGenesysApi } from '../../src/genesys/client.js';
import { createLog } from '../../src/lib/log.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { migrate } from '../../src/postgres/migrate.js';
import { createWarehouse } from '../../src/postgres/warehouse.js';
import { allStreams, selectStreams } from '../../src/streams/catalog.js';
import { startBenchDatabase } from './bench-server.js';
import { type CountingApi, startCountingApi } from './requests-stub.js';

const organisation = { queues: 300, agents: 5_000 };
const minuteMs = 60_000;
const dayMs = 86_400_000;
const dayStart = Date.UTC(2026, 2, 20);
/** Further back than the last pass, so that each of them falls due within the day. */
const historyMs = 33 * dayMs;
const tickMs = 15 * minuteMs;
const ratioMax = 1.1;
const streamNames = [
  'directory',
  'queue_directory',
  'queue_aggregates',
  'agent_aggregates',
  'wrapup_aggregates',
  'user_aggregates',
  'user_details',
  'flow_aggregates',
  'flow_outcome_aggregates',
  'survey_aggregates',
  'evaluation_aggregates',
];

/** Everything but conversations, whose requests are those of their number: one for a hundred. */
export async function benchRequests(): Promise<void> {
  const stub = await startCountingApi(organisation);
  const database = await startBenchDatabase();
  const pool = createPool({
    connectionString: await database.create(),
    applicationName: 'bench',
    max: 8,
    statementTimeoutMs: 0,
  });
  // The clock of the program; it is frozen during a tick.
  let now = new Date(dayStart - 55 * minuteMs);
  const api = apiAt(stub.url, () => now);
  try {
    await migrate(pool, { timeZone: 'UTC' });
    const warehouse = createWarehouse(pool, () => now);
    const tick = async () => {
      const summary = await sync(
        {
          ledger: warehouse,
          streams: selectStreams(allStreams(api, { granularity: 'PT30M' }), streamNames),
          start: new Date(dayStart - historyMs),
          concurrency: 4,
          now: () => now,
          signal: new AbortController().signal,
          log: createLog({ level: 'error', secrets: [] }),
          openConversationIds: warehouse.openConversationIds,
          userIds: warehouse.userIds,
        },
        { retryFailed: true },
      );
      if (summary.failures.length > 0) throw new Error(summary.failures[0]?.result.message);
    };
    await tick();
    process.stdout.write(`first start, ${historyMs / dayMs} days: ${sum(stub.counts.values())} requests\n`);
    for (let ms = now.getTime() + tickMs; ms < dayStart + dayMs; ms += tickMs) {
      // What was due before midnight belongs to the day before.
      if (now.getTime() < dayStart && ms >= dayStart) stub.counts.clear();
      now = new Date(ms);
      await tick();
    }
    print(stub);
  } finally {
    await api.close();
    await pool.end();
    await database.stop();
    await stub.stop();
  }
}

function apiAt(apiUrl: string, now: () => Date): GenesysApi {
  return createGenesysApi({
    clientId: 'bench',
    clientSecret: 'bench-secret',
    apiUrl,
    requestsPerMinute: 10_000_000,
    userAgentVersion: 'bench',
    waitMsMax: minuteMs,
    timeoutMs: minuteMs,
    now,
  });
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

interface DataSet {
  readonly name: string;
  readonly sent: number;
  /** For figures as fresh and passes as many as the streams promise, in the fewest requests that the API allows. */
  readonly least: number;
}

function print({ counts }: CountingApi): void {
  const sets = dataSets(counts);
  const write = (name: string, sent: string, least: string, ratio: string) =>
    process.stdout.write(`${name.padEnd(32)}${sent.padStart(8)}${least.padStart(8)}${ratio.padStart(8)}\n`);
  write('data set', 'sent', 'least', 'ratio');
  for (const { name, sent, least } of sets) write(name, `${sent}`, `${least}`, (sent / least).toFixed(3));
  const total = { sent: sum(sets.map(({ sent }) => sent)), least: sum(sets.map(({ least }) => least)) };
  const ratio = total.sent / total.least;
  write('all', `${total.sent}`, `${total.least}`, ratio.toFixed(3));
  const { queues, agents } = organisation;
  process.stdout.write(
    `a day of ${queues} queues and ${agents} agents: ${(total.sent / 1_440).toFixed(1)} requests a minute, ${ratio.toFixed(3)} times the least possible (aim: at most ${ratioMax})\n`,
  );
  if (ratio > ratioMax || sum(counts.values()) - (counts.get('POST /oauth/token') ?? 0) !== total.sent)
    process.exitCode = 1;
}

function dataSets(counts: ReadonlyMap<string, number>): DataSet[] {
  const { queues, agents } = organisation;
  const userPages = agents / 100;
  const live = { halfHours: 48, hours: 24, quarters: 4, passes: 4 };
  const aggregates = (name: string, requests: number, lives: number): DataSet => ({
    name,
    sent: counts.get(name) ?? 0,
    least: requests * (lives + live.passes),
  });
  const perQueue = [...counts.keys()].filter((name) => name.includes('/queues/ID/'));
  const listings = [...counts.keys()].filter((name) => name.startsWith('GET ') && !perQueue.includes(name));
  const sentTo = (names: readonly string[]) => sum(names.map((name) => counts.get(name) ?? 0));
  return [
    ...['queue_aggregates', 'agent_aggregates', 'wrapup_aggregates', 'flow_aggregates', 'flow_outcome_aggregates'].map(
      (name) => aggregates(name, 1, live.halfHours),
    ),
    ...['survey_aggregates', 'evaluation_aggregates'].map((name) => aggregates(name, 1, live.quarters)),
    aggregates('user_aggregates', userPages, live.halfHours),
    aggregates('user_details', userPages, live.hours),
    // The queues are listed once more a day, to list what each of them has.
    { name: 'directory', sent: sentTo(listings) - 1, least: live.quarters * (userPages + listings.length - 1) },
    { name: 'queue_directory', sent: sentTo(perQueue) + 1, least: 1 + queues * perQueue.length },
  ];
}
