import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type pg from 'pg';
import { createPool } from '../../src/postgres/connection/pool.js';
import { rebuildFacts } from '../../src/postgres/derived/rebuild.js';
import { migrate } from '../../src/postgres/migrate.js';
import { type BenchDatabase, directory, startBenchDatabase } from './bench-server.js';
import { benchWorld, seededRandom } from './records.js';
import { fillConversations } from './views-conversations.js';
import { fillDirectory } from './views-directory.js';
import { fillDivisions, measureDivisions } from './views-divisions.js';
import { fillIntervals } from './views-intervals.js';
import { fillLedger } from './views-ledger.js';
import { type Asked, preview, type Query, queries, stars } from './views-queries.js';

const conversations = { firstDayMs: Date.UTC(2026, 2, 1), days: 90, perDay: 11_112 };
/** A month and a day on either side, so that local days of every zone are whole. */
const intervals = { firstDayMs: Date.UTC(2026, 2, 31), days: 32, queues: 300, agents: 1_000 };
const teamSize = 40;
const tries = 5;
const cpuTries = 2;
/** Stops retrying a query that takes so many times as long as permitted. */
const hopelessTimes = 10;
/** Part of the names of the queries to measure; all of them without. */
const only = process.env.BENCH_VIEWS_ONLY ?? '';
const settings = { timeZone: 'UTC', attributes: [{ name: 'Reason', column: 'reason' }] };
const plansDirectory = `${directory}docs/plans/`;

/**
 * One million conversations over 90 days and a month of interval facts of an organisation with 300 queues and 1,000 agents. Prints the time
 * of every relation against its aim; plans go to `docs/plans/`. `BENCH_VIEWS_FOLDER` names a folder in which the data stay for the next run,
 * `BENCH_VIEWS_ONLY` a part of the names of what is to be measured.
 */
export async function benchViews(): Promise<void> {
  const database = await startBenchDatabase(process.env.BENCH_VIEWS_FOLDER);
  const options = { applicationName: 'bench', max: 4, statementTimeoutMs: 0 };
  const url = await database.create();
  const pool = createPool({ connectionString: url, ...options });
  try {
    await migrate(pool, settings);
    if (!(await isFilled(pool))) await fill(pool);
    await fillDirectory(pool, intervals);
    await measureAll(pool);
    await measureDivisions(pool, url, asked, only);
  } finally {
    await pool.end();
    await database.stop();
  }
}

/** The filled database for another bench: its URL. */
export async function openFilled(database: BenchDatabase): Promise<string> {
  const url = await database.create();
  const pool = createPool({ connectionString: url, applicationName: 'bench', max: 4, statementTimeoutMs: 0 });
  try {
    await migrate(pool, settings);
    if (!(await isFilled(pool))) await fill(pool);
    await fillDirectory(pool, intervals);
  } finally {
    await pool.end();
  }
  return url;
}

async function isFilled(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query(
    "select exists (select from extract.settings where name = 'bench_filled') as found",
  );
  return rows[0].found;
}

async function fill(pool: pg.Pool): Promise<void> {
  await step('conversations', () => fillConversations(pool, benchOrganization(), conversations));
  await step('interval facts', () => fillIntervals(pool, intervals));
  await step('ledger', () => fillLedger(pool, conversations, intervals));
  await step('divisions', () => fillDivisions(pool));
  await step('rebuild-facts', () => rebuildFacts(pool, () => {}));
  await step('vacuum', () => vacuum(pool));
  await pool.query("insert into extract.settings values ('bench_filled', 'yes')");
}

/** As autovacuum does it: statistics of partitions, none of the partitioned tables above them. */
async function vacuum(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relkind = 'r' and relnamespace in ('genesys'::regnamespace, 'extract'::regnamespace, 'wrapup'::regnamespace)`,
  );
  for (const { name } of rows) await pool.query(`vacuum (analyze) ${name}`);
}

async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  await work();
  process.stdout.write(`${name}: ${((performance.now() - started) / 1_000).toFixed(0)} s\n`);
}

/** Queues and agents of the conversations are the first of the organisation's. */
function benchOrganization() {
  const world = benchWorld(seededRandom(4));
  const idsOf = (kind: string, count: number) => Array.from({ length: count }, (_, index) => idOf(kind, index + 1));
  return {
    ...world,
    queueIds: idsOf('queue', world.queueIds.length),
    userIds: idsOf('agent', world.userIds.length),
  };
}

/** As `views-intervals.ts` makes them in SQL. */
function idOf(kind: string, number: number): string {
  const digits = createHash('md5').update(`${kind}-${number}`).digest('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

async function measureAll(pool: pg.Pool): Promise<void> {
  mkdirSync(plansDirectory, { recursive: true });
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const cpuMs = () => cpuMsOf(rows[0]?.pid ?? 0);
  process.stdout.write(`${'relation'.padEnd(52)}${'best'.padStart(8)}${'CPU'.padStart(8)}${'aim'.padStart(9)}\n`);
  const relations = await relationsOfMart(client);
  const unknown = relations.filter((name) => name.startsWith('fct_') && stars.every(({ fact }) => fact !== name));
  if (unknown.length > 0) throw new Error(`No query asks for ${unknown.join(', ')}.`);
  for (const query of [...queries(asked), ...relations.map(preview)]) {
    if (query.name.includes(only)) await measure(client, query, cpuMs);
  }
  client.release();
}

const asked: Asked = {
  queueId: idOf('queue', 1),
  flowId: idOf('flow', 1),
  userIds: Array.from({ length: teamSize }, (_, index) => idOf('agent', index + 1)),
};

async function relationsOfMart(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'mart'::regnamespace and relkind in ('v', 'r') order by relname`,
  );
  return rows.map(({ name }) => name);
}

/** Reads processor time of the server's process, user and system; undefined where the system does not report it. Ticks are hundredths of a second. */
function cpuMsOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

/**
 * The quickest of some tries is the one that the rest of the machine disturbed least. The CPU time is that of a further run without helping
 * processes, whose work nobody else counts.
 */
async function measure(client: pg.PoolClient, query: Query, cpuMs: () => number | undefined): Promise<void> {
  const { name, sql, msMax } = query;
  const runs: { readonly ms: number; readonly plan: string }[] = [];
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { rows } = await client.query(`explain (analyze, buffers, timing off) ${sql}`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const msOf = (kind: string) => Number(new RegExp(`${kind} Time: ([\\d.]+)`).exec(plan)?.[1]);
    runs.push({ ms: msOf('Execution') + msOf('Planning'), plan });
    if ((runs[0]?.ms ?? 0) > hopelessTimes * msMax) break;
  }
  const best = runs.reduce((quickest, run) => (run.ms < quickest.ms ? run : quickest));
  const cpu = await cpuAlone(client, sql, cpuMs);
  const cpuText = cpu === undefined ? '-' : `${cpu} ms`;
  const notes = `CPU time of the server's process without parallel workers, planning included: ${cpuText}`;
  if (!/preview$|^cookbook/.test(name))
    writeFileSync(`${plansDirectory}${name.replaceAll(/[^a-z_0-9]+/g, '-')}.txt`, `${sql}\n\n${best.plan}\n${notes}\n`);
  // On a busy machine the clock runs while others work; alone, the two are the same.
  const isMissed = Math.min(best.ms, cpu ?? best.ms) > msMax;
  process.stdout.write(
    `${name.padEnd(52)}${`${best.ms.toFixed(0)} ms`.padStart(8)}${cpuText.padStart(8)}${`${msMax} ms`.padStart(9)}${isMissed ? '  missed' : ''}\n`,
  );
  if (isMissed) process.exitCode = 1;
}

async function cpuAlone(
  client: pg.PoolClient,
  sql: string,
  cpuMs: () => number | undefined,
): Promise<number | undefined> {
  await client.query('set max_parallel_workers_per_gather = 0');
  const before = cpuMs();
  for (let attempt = 0; attempt < cpuTries; attempt += 1) await client.query(sql);
  const after = cpuMs();
  await client.query('reset max_parallel_workers_per_gather');
  return before === undefined || after === undefined ? undefined : Math.round((after - before) / cpuTries);
}
