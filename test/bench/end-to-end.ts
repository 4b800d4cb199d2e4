import { drain, planRange, type SyncContext } from '../../src/engine/sync.js';
import type { GenesysApi } from '../../src/genesys/api.js';
import { createGenesysApi } from '../../src/genesys/client.js';
import { silentLog } from '../../src/lib/log.js';
import type { Page, Slice, StreamContext } from '../../src/model/extraction.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { createStore, storePages } from '../../src/postgres/load/store.js';
import { migrate } from '../../src/postgres/migrate.js';
import { createWarehouse } from '../../src/postgres/warehouse.js';
import { conversationHistoryStream } from '../../src/streams/conversations/history.js';
import { conversationPage } from '../../src/streams/conversations/page.js';
import { type BenchSandbox, startBenchDatabase, startBenchSandbox } from './bench-server.js';

const perDay = 10_000;
const days = 4;
const at = new Date('2026-03-20T12:00:00Z');
const range = { from: new Date('2026-03-12T00:00:00Z'), to: new Date('2026-03-16T00:00:00Z') };
const wallRatioMax = 1.2;
const necessaryShareMin = 0.95;

/**
 * Measures four days three ways: fetched and parsed only, extracted end to end, loaded only (from pages that wait as bytes, as they would come from the
 * network). The sandbox has prepared its pages before the first measurement, so that it is never the wall; no parsed record outlives its page, because
 * tens of thousands of them would slow down every collection of garbage in whatever is measured.
 */
export async function benchEndToEnd(): Promise<void> {
  const database = await startBenchDatabase();
  const sandbox = await startBenchSandbox(perDay, at);
  try {
    const pages = await fetchAll(sandbox, (records) => Buffer.from(JSON.stringify(records)));
    const fetching = await timed(() => fetchAll(sandbox, (records) => records.length));
    const whole = await extract(sandbox, await database.create());
    const loading = await timedLoad(pages, await database.create());
    report(fetching.value, { fetchMs: fetching.ms, loadMs: loading, wholeMs: whole.ms, requests: whole.requests });
  } finally {
    sandbox.stop();
    await database.stop();
  }
}

function openApi(sandbox: BenchSandbox): GenesysApi {
  return createGenesysApi({
    clientId: 'sandbox',
    clientSecret: 'sandbox-secret',
    apiUrl: sandbox.url,
    requestsPerMinute: 100_000,
    userAgentVersion: 'bench',
    waitMsMax: 60_000,
    timeoutMs: 60_000,
    now: () => at,
  });
}

const context: StreamContext = {
  now: () => at,
  signal: new AbortController().signal,
  openConversationIds: async () => [],
  userIds: async () => [],
  log: silentLog(),
};

/** Every page of every slice through the real client, parsed and not flattened; what `keep` makes of each. */
async function fetchAll<T>(sandbox: BenchSandbox, keep: (records: readonly unknown[]) => T): Promise<T[]> {
  const api = openApi(sandbox);
  const kept: T[] = [];
  for (let day = 0; day < days; day += 1) {
    const from = new Date(range.from.getTime() + day * 86_400_000);
    const { body } = await api.submitDetailsJob({
      interval: { from, to: new Date(from.getTime() + 86_400_000) },
      order: 'asc',
    });
    while ((await api.detailsJobStatus(body.jobId)).body.state !== 'FULFILLED');
    let cursor: string | undefined;
    do {
      const page = await api.detailsJobResults(body.jobId, {
        pageSize: 1_000,
        ...(cursor !== undefined && { cursor }),
      });
      kept.push(keep(page.body.conversations ?? []));
      cursor = page.body.cursor;
    } while (cursor !== undefined);
  }
  await api.close();
  return kept;
}

async function timedLoad(texts: readonly Buffer[], url: string): Promise<number> {
  const pool = openPool(url);
  await migrate(pool, { timeZone: 'UTC' });
  const store = createStore(pool, () => at);
  const client = await pool.connect();
  const slice = { stream: 'conversation_history', sliceId: '0' } satisfies Partial<Slice>;
  const { ms } = await timed(async () => {
    for (const text of texts) {
      const pages: Page[] = [conversationPage(JSON.parse(text.toString()), { asOf: at, cursor: {} })];
      await storePages(client, store, slice, pages, async () => {});
    }
  });
  client.release();
  await pool.end();
  return ms;
}

async function extract(sandbox: BenchSandbox, url: string): Promise<{ ms: number; requests: number }> {
  const pool = openPool(url);
  await migrate(pool, { timeZone: 'UTC' });
  const api = openApi(sandbox);
  const warehouse = createWarehouse(pool, () => at);
  const stream = conversationHistoryStream(api);
  const engine: SyncContext = {
    ...context,
    ...warehouse,
    ledger: warehouse,
    streams: [stream],
    start: range.from,
    concurrency: 4,
  };
  const { ms } = await timed(async () => {
    await planRange(engine, stream, range);
    await drain(engine, [stream], {});
  });
  const { requests } = api.stats();
  await api.close();
  await pool.end();
  return { ms, requests };
}

const openPool = (url: string) =>
  createPool({ connectionString: url, applicationName: 'bench', max: 8, statementTimeoutMs: 600_000 });

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}

function report(
  lengths: readonly number[],
  { fetchMs, loadMs, wholeMs, requests }: { fetchMs: number; loadMs: number; wholeMs: number; requests: number },
): void {
  const pages = lengths.length;
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const rate = (ms: number) => `${(ms / 1_000).toFixed(1)} s, ${Math.round((count / ms) * 1_000)} conversations/s`;
  const ratio = wholeMs / Math.max(fetchMs, loadMs);
  // A correct client cannot do without asking how far the data reaches, submitting each job and seeing it fulfilled once.
  const necessary = pages + 1 + 2 * days;
  process.stdout.write(
    [
      `${count} conversations in ${pages} pages`,
      `fetching alone: ${rate(fetchMs)}`,
      `loading alone:  ${rate(loadMs)}`,
      `end to end:     ${rate(wholeMs)}`,
      `end to end / the slower of the two: ${ratio.toFixed(2)} (aim: at most ${wallRatioMax})`,
      `necessary requests / requests sent: ${necessary} / ${requests} = ${(necessary / requests).toFixed(3)} (aim: at least ${necessaryShareMin}); pages alone: ${(pages / requests).toFixed(3)}`,
      '',
    ].join('\n'),
  );
  if (ratio > wallRatioMax || necessary / requests < necessaryShareMin) process.exitCode = 1;
}
