import { mkdirSync, writeFileSync } from 'node:fs';
import type pg from 'pg';
import { migrate } from '../../src/postgres/migrate.js';
import { createPool } from '../../src/postgres/pool.js';
import { createStore, storePages } from '../../src/postgres/store.js';
import { conversationPage } from '../../src/streams/records.js';
import { directory, startBenchDatabase } from './bench-server.js';
import { benchConversation, benchWorld, seededRandom } from './records.js';

const days = 90;
const conversationsPerDay = 11_112;
const firstDay = Date.UTC(2026, 2, 1);
const dayMs = 86_400_000;
const tries = 3;
const plansDirectory = `${directory}docs/plans/`;

interface Query {
  readonly name: string;
  readonly sql: string;
  readonly msMax: number;
}

/** A month for reports, a day and a queue for facts; the queue is the busiest. */
function queries(queueId: string): Query[] {
  const month = `day >= '2026-04-01' and day < '2026-05-01'`;
  const day = `started_at >= '2026-04-15' and started_at < '2026-04-16'`;
  const reports = ['rpt_wrapup_causes', 'rpt_handle_times'].map((name) => ({
    name: `${name}, one month`,
    sql: `select * from mart.${name} where ${month}`,
    msMax: 1_000,
  }));
  const facts = ['fct_agent_sessions', 'fct_queue_legs', 'fct_wrapups'].map((name) => ({
    name: `${name}, one day and queue`,
    sql: `select * from mart.${name} where ${day} and queue_id = '${queueId}'`,
    msMax: 100,
  }));
  const conversations = {
    name: 'fct_conversations, one day and queue',
    sql: `select * from mart.fct_conversations where ${day} and first_queue_id = '${queueId}'`,
    msMax: 100,
  };
  return [...reports, ...facts, conversations];
}

/** One million conversations over 90 days: one day through the loader, the others copied from it in the database. Plans go to `docs/plans/`. */
export async function benchViews(): Promise<void> {
  const database = await startBenchDatabase();
  const pool = createPool({
    connectionString: await database.create(),
    applicationName: 'bench',
    max: 4,
    statementTimeoutMs: 0,
  });
  try {
    await migrate(pool, { timeZone: 'UTC' });
    await loadOneDay(pool);
    await copyDays(pool);
    await pool.query('vacuum (analyze)');
    const { rows } = await pool.query(
      'select queue_id from genesys.session_facts where queue_id is not null group by 1 order by count(*) desc limit 1',
    );
    mkdirSync(plansDirectory, { recursive: true });
    for (const query of queries(rows[0].queue_id)) await measure(pool, query);
  } finally {
    await pool.end();
    await database.stop();
  }
}

async function loadOneDay(pool: pg.Pool): Promise<void> {
  const random = seededRandom(4);
  const world = benchWorld(random);
  const store = createStore(pool, () => new Date(firstDay + days * dayMs));
  const client = await pool.connect();
  const batch = 1_000;
  for (let from = 0; from < conversationsPerDay; from += batch) {
    const count = Math.min(batch, conversationsPerDay - from);
    const records = Array.from({ length: count }, (_, index) =>
      benchConversation(random, world, firstDay + Math.floor(((from + index) / conversationsPerDay) * dayMs)),
    );
    const page = conversationPage(records, { asOf: new Date(firstDay + dayMs), cursor: {} });
    await storePages(client, store, { stream: 'bench', sliceId: null }, [page], async () => {});
  }
  // Partitions of every month that the copies will lie in.
  const later = [1, 2, 3].map((month) => benchConversation(random, world, Date.UTC(2026, 2 + month, 2)));
  const page = conversationPage(later, { asOf: new Date(firstDay + dayMs), cursor: {} });
  await storePages(client, store, { stream: 'bench', sliceId: null }, [page], async () => {});
  client.release();
}

async function copyDays(pool: pg.Pool): Promise<void> {
  for (const table of ['session_facts', 'segments']) {
    const { rows } = await pool.query<{ name: string; type: string }>(
      `select column_name as name, data_type as type from information_schema.columns
       where table_schema = 'genesys' and table_name = $1 order by ordinal_position`,
      [table],
    );
    const values = rows.map(({ name, type }) => {
      if (name === 'conversation_id') return `md5(conversation_id::text || step)::uuid`;
      return type === 'timestamp with time zone' ? `${name} + step * interval '1 day'` : name;
    });
    await pool.query(
      `insert into genesys.${table} select ${values.join(', ')}
       from genesys.${table} cross join generate_series(1, ${days - 1}) as step
       where conversation_start < '2026-03-02' order by step, conversation_start`,
    );
  }
}

async function measure(pool: pg.Pool, { name, sql, msMax }: Query): Promise<void> {
  const times: number[] = [];
  let plan = '';
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { rows } = await pool.query(`explain (analyze, buffers) ${sql}`);
    plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    times.push(Number(/Execution Time: ([\d.]+)/.exec(plan)?.[1]) + Number(/Planning Time: ([\d.]+)/.exec(plan)?.[1]));
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(tries / 2)] ?? 0;
  writeFileSync(`${plansDirectory}${name.replaceAll(/[^a-z_]+/g, '-')}.txt`, `${sql}\n\n${plan}\n`);
  process.stdout.write(`${name}: ${median.toFixed(0)} ms (aim: under ${msMax} ms)\n`);
  if (median > msMax) process.exitCode = 1;
}
