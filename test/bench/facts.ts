/** Conversation facts computed in SQL against a whole load with facts computed in TypeScript: what decision 0111 rests on. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { createPool } from '../../src/postgres/connection/pool.js';
import { inTransaction } from '../../src/postgres/connection/transaction.js';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/index.js';
import { migrate } from '../../src/postgres/migrate.js';
import { ensurePartitions } from '../../src/postgres/schema/partitions.js';
import { loader } from './load-methods.js';
import { batchesOf, type PageFile, writePages } from './load-pages.js';

const conversationCount = 15_000;
const batchSize = 3_000;
const rounds = 3;
const asOf = new Date('2026-06-01T00:00:00Z');
const tables = ['handling_facts', 'conversation_facts'];

/** Prints seconds of both; the SQL is timed over all rows at once, which is more favourable to it than page by page. */
export async function benchFacts(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'genesys-warehouse-bench-'));
  await chmod(directory, 0o755);
  const server = await startEmbeddedPostgres({ dataDirectory: join(directory, 'data') });
  const pool = createPool({ connectionString: server.url, applicationName: 'bench', max: 4, statementTimeoutMs: 0 });
  try {
    await migrate(pool, { timeZone: 'UTC' });
    const pages = await writePages(join(directory, 'pages.json'), conversationCount);
    const loadSeconds = await timed(() => load(pool, pages));
    await pool.query('analyze');
    const factsSeconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) factsSeconds.push(await timed(() => fillFacts(pool)));
    const best = Math.min(...factsSeconds);
    process.stdout.write(`load, facts included:  ${loadSeconds.toFixed(2)} s\n`);
    process.stdout.write(
      `the same facts in SQL: ${best.toFixed(2)} s, ${Math.round((100 * best) / loadSeconds)} % of it\n`,
    );
  } finally {
    await pool.end();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

async function load(pool: pg.Pool, pages: PageFile): Promise<void> {
  const cache = new Set<string>();
  for await (const batch of batchesOf(pages, batchSize, conversationCount)) {
    const starts = batch.map((flat) => flat.conversationStart);
    await ensurePartitions(pool, starts, cache, asOf);
    await inTransaction(pool, (client) => loader(client, batch, asOf));
  }
}

async function fillFacts(pool: pg.Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('set local jit = off');
    for (const table of tables) {
      await client.query(`truncate genesys.${table}`);
      await client.query(`insert into genesys.${table} select * from genesys.int_${table}`);
    }
  });
}
