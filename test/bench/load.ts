/** Loading conversations: this project's loader against the ways to do it that come to mind first, and against the least that is possible. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type pg from 'pg';
import { contentTables, conversationTables } from '../../src/conversation/tables.js';
import { createPool } from '../../src/postgres/connection/pool.js';
import { startEmbeddedPostgres } from '../../src/postgres/embedded/index.js';
import { migrate } from '../../src/postgres/migrate.js';
import { ensurePartitions } from '../../src/postgres/schema/partitions.js';
import { bareCopy, loader, type Method, multiRow, rowByRow } from './load-methods.js';
import { batchesOf, type PageFile, writePages } from './load-pages.js';

export interface LoadResult {
  readonly label: string;
  /** Highest so far of this process. */
  readonly memoryMb: number;
  readonly conversations: number;
  readonly rows: number;
  readonly seconds: number;
}

const conversationCount = 100_000;
const batchSize = 3_000;
const rounds = 3;
const loaderLabel = 'this loader';
const reloadLabel = 'reload, all changed';
const floorAim = 0.9;
const rowByRowAim = 50;
const reloadAim = 0.5;
const firstAsOf = new Date('2026-06-01T00:00:00Z');
const laterAsOf = new Date('2026-06-02T00:00:00Z');

interface Bench {
  readonly pool: pg.Pool;
  readonly pages: PageFile;
}

interface Run {
  readonly label: string;
  readonly method: Method;
  readonly count: number;
  readonly batchSize: number;
  readonly asOf: Date;
  readonly note?: string;
  /** Without emptying the tables first. */
  readonly isOnTop?: boolean;
  /** True when every statement commits separately. */
  readonly isAutocommit?: boolean;
}

/** One transaction per page. */
const slow = { batchSize: 100, asOf: new Date('2026-06-01T00:00:00Z') };

/** Runs everything on a Postgres of its own with default settings (fsync on), prints a table, and gives the figures back. */
export async function benchLoad(): Promise<LoadResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'genesys-warehouse-bench-'));
  await chmod(directory, 0o755);
  const server = await startEmbeddedPostgres({ dataDirectory: join(directory, 'data') });
  const pool = createPool({ connectionString: server.url, applicationName: 'bench', max: 4, statementTimeoutMs: 0 });
  try {
    await migrate(pool, { timeZone: 'UTC' });
    const pages = await writePages(join(directory, 'pages.json'), conversationCount);
    return await runAll({ pool, pages });
  } finally {
    await pool.end();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function runAll(bench: Bench): Promise<LoadResult[]> {
  const first = { count: conversationCount, batchSize, asOf: firstAsOf, method: loader };
  await measured(bench, { ...first, label: 'warm-up', count: 3 * batchSize });
  const results: LoadResult[] = [];
  // In turns, for whatever else the machine does to meet all alike.
  for (let round = 0; round < rounds; round += 1) {
    const rows = { ...slow, method: rowByRow, count: 500 };
    results.push(await measured(bench, { ...rows, label: 'row by row', isAutocommit: true }));
    results.push(await measured(bench, { ...rows, label: 'row by row, a page a transaction' }));
    results.push(await measured(bench, { ...first, label: 'bare COPY, the floor', method: bareCopy }));
    results.push(await measured(bench, { ...first, label: loaderLabel }));
    const again = { ...first, asOf: laterAsOf, isOnTop: true };
    results.push(await measured(bench, { ...again, label: 'reload, nothing changed' }));
    results.push(await measured(bench, { ...again, label: reloadLabel, note: 'seen' }));
  }
  const builder = multiRow(queryBuilder());
  results.push(
    await measured(bench, { ...slow, label: 'multi-row upsert', method: builder, count: 5_000, batchSize: 1_000 }),
  );
  print(results);
  return results;
}

function queryBuilder(): Kysely<Record<string, Record<string, unknown>>> {
  return new Kysely<Record<string, Record<string, unknown>>>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (each) => new PostgresIntrospector(each),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

async function measured(bench: Bench, run: Run): Promise<LoadResult> {
  if (!run.isOnTop) await empty(bench.pool);
  const started = process.hrtime.bigint();
  await loadAll(bench, run);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
  return { label: run.label, conversations: run.count, rows: await rowCount(bench.pool), seconds, memoryMb };
}

async function loadAll(bench: Bench, run: Run): Promise<void> {
  const cache = new Set<string>();
  const batches = batchesOf(bench.pages, run.batchSize, run.count, run.note);
  const client = await bench.pool.connect();
  try {
    // The next batch is read, parsed and flattened while this one is stored.
    for (let next = batches.next(); ; ) {
      const batch = await next;
      if (batch.done) break;
      next = batches.next();
      const starts = batch.value.map((flat) => flat.conversationStart);
      await ensurePartitions(bench.pool, starts, cache, run.asOf);
      if (!run.isAutocommit) await client.query('begin');
      await run.method(client, batch.value, run.asOf);
      if (!run.isAutocommit) await client.query('commit');
    }
  } finally {
    client.release();
  }
}

/** Rows of the record; those of derived relations are stored, too, but not counted. */
async function rowCount(pool: pg.Pool): Promise<number> {
  const counts = contentTables.map((table) => `(select count(*) from genesys.${table.name})`);
  const { rows } = await pool.query<{ count: string }>(`select ${counts.join(' + ')} as count`);
  return Number(rows[0]?.count);
}

async function empty(pool: pg.Pool): Promise<void> {
  const tables = conversationTables.map((table) => `genesys.${table.name}`);
  await pool.query(`truncate extract.stored_conversations, extract.restatements, ${tables.join(', ')}`);
  await pool.query('checkpoint');
}

const rate = (result: LoadResult): number => result.conversations / result.seconds;

/** The quickest round is the one that the rest of the machine disturbed least. */
function best(results: readonly LoadResult[], label: string): number {
  return Math.max(...results.filter((each) => each.label === label).map(rate));
}

/** Returns how many times as fast as the other the loader was. */
function timesAsFast(results: readonly LoadResult[], other: string): number {
  return best(results, loaderLabel) / best(results, other);
}

function print(results: readonly LoadResult[]): void {
  const number = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(12);
  const write = (line: string): boolean => process.stdout.write(`${line}\n`);
  write(`${'method'.padEnd(26)}${'n'.padStart(12)}${'conv/s'.padStart(12)}${'rows/s'.padStart(12)}`);
  for (const each of results) {
    write(
      `${each.label.padEnd(26)}${number(each.conversations)}${number(rate(each))}${number(each.rows / each.seconds)}`,
    );
  }
  // Without the last method: the query builder takes more memory than all the others.
  const memoryMb = Math.max(...results.slice(0, -1).map((each) => each.memoryMb));
  const floor = timesAsFast(results, 'bare COPY, the floor');
  const rows = timesAsFast(results, 'row by row');
  const reload = 1 / timesAsFast(results, reloadLabel);
  write(`this loader is ${floor.toFixed(2)} times as fast as the floor (aim: ${floorAim})`);
  write(`this loader is ${rows.toFixed(0)} times as fast as row by row (aim: ${rowByRowAim})`);
  write(
    `and ${timesAsFast(results, 'row by row, a page a transaction').toFixed(0)} times as fast as row by row with a transaction per page of 100`,
  );
  write(`a reload in which all changed is ${reload.toFixed(2)} times as fast as a first load (aim: ${reloadAim})`);
  write(`peak memory of this process, generator included: ${memoryMb} MB`);
  if (floor < floorAim || rows < rowByRowAim || reload < reloadAim) process.exitCode = 1;
}
