import { createGenesysApi } from '../../src/genesys/client.js';
import type { Page, Slice } from '../../src/model/extraction.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { createStore, storePages } from '../../src/postgres/load/store.js';
import { migrate } from '../../src/postgres/migrate.js';
import { conversationPage } from '../../src/streams/conversations/page.js';

const connections = 4;
const dayMs = 86_400_000;

/**
 * Reads every day of the range, so that the sandbox has prepared its records; keeps the pages of the last `daysKept` as bytes, as they
 * would come from the network.
 */
export async function fetchPages(
  apiUrl: string,
  at: Date,
  range: { readonly from: Date; readonly to: Date },
  daysKept: number,
): Promise<Buffer[]> {
  const api = createGenesysApi({
    clientId: 'sandbox',
    clientSecret: 'sandbox-secret',
    apiUrl,
    requestsPerMinute: 1_000_000,
    userAgentVersion: 'bench',
    waitMsMax: 60_000,
    timeoutMs: 60_000,
    now: () => at,
  });
  const kept: Buffer[] = [];
  for (let fromMs = range.from.getTime(); fromMs < range.to.getTime(); fromMs += dayMs) {
    const isKept = fromMs >= range.to.getTime() - daysKept * dayMs;
    const { body } = await api.submitDetailsJob({
      interval: { from: new Date(fromMs), to: new Date(fromMs + dayMs) },
      order: 'asc',
    });
    let cursor: string | undefined;
    do {
      const page = { pageSize: 1_000, ...(cursor !== undefined && { cursor }) };
      const answer = await api.detailsJobResults(body.jobId, page);
      if (isKept) kept.push(Buffer.from(JSON.stringify(answer.body.conversations ?? [])));
      cursor = answer.body.cursor;
    } while (cursor !== undefined);
  }
  await api.close();
  return kept;
}

/** Conversations a second, parsing included. */
export async function loadPages(pages: readonly Buffer[], at: Date, url: string): Promise<number> {
  const pool = createPool({ connectionString: url, applicationName: 'bench', max: 12, statementTimeoutMs: 600_000 });
  await migrate(pool, { timeZone: 'UTC' });
  const store = createStore(pool, () => at);
  const slice = { stream: 'conversation_history', sliceId: '0' } satisfies Partial<Slice>;
  const left = [...pages];
  let count = 0;
  const startMs = performance.now();
  const load = async () => {
    const client = await pool.connect();
    for (let text = left.shift(); text !== undefined; text = left.shift()) {
      const page: Page = conversationPage(JSON.parse(text.toString()), { asOf: at, cursor: {} });
      count += page.recordCount;
      await storePages(client, store, slice, [page], async () => {});
    }
    client.release();
  };
  await Promise.all(Array.from({ length: connections }, load));
  const ms = performance.now() - startMs;
  await pool.end();
  return (count / ms) * 1_000;
}
