import pg from 'pg';
import { createPool } from '../../src/postgres/connection/pool.js';
import { RequestBudget } from '../../src/postgres/ledger/request-budget.js';
import { migrate } from '../../src/postgres/migrate.js';
import { startBenchDatabase } from './bench-server.js';

const allowance = 300;
const grantCount = 2_000;
/** About twenty minutes of a backfill while somebody's transaction keeps old row versions alive. */
const snapshotGrantCount = 6_000;
/** Time per request at 300 a minute. */
const pacingMs = 60_000 / allowance;
const shareMax = 0.02;
/** Against an update of one small row, which waits for the disk just the same: what is left is the decision itself. */
const ratioMax = 2;

/** Measures the cost of the shared request budget per request: time on its own connection, write-ahead log, and beside a long transaction. */
export async function benchBudget(): Promise<void> {
  const database = await startBenchDatabase();
  try {
    const connectionString = await database.create();
    const pool = createPool({ connectionString, applicationName: 'bench', max: 2, statementTimeoutMs: 60_000 });
    await migrate(pool, { timeZone: 'UTC' });
    await pool.query('create table one_row as select 1 as value');
    const bare = await timesOf(grantCount, async () => void (await pool.query('update one_row set value = value + 1')));
    const before = await walPosition(pool);
    const clear = await grantTimes(connectionString, grantCount);
    const walBytes = (await walPosition(pool)) - before;
    const reader = new pg.Client({ connectionString });
    await reader.connect();
    await reader.query('begin isolation level repeatable read; select count(*) from extract.request_budgets');
    const held = (await grantTimes(connectionString, snapshotGrantCount)).slice(-500);
    await reader.end();
    await pool.end();
    print({ bare, clear, held, walBytes });
  } finally {
    await database.stop();
  }
}

interface Times {
  readonly bare: number[];
  readonly clear: number[];
  readonly held: number[];
  readonly walBytes: number;
}

function print({ bare, clear, held, walBytes }: Times): void {
  // The machine may be busy with something else: the quicker half shows the cost.
  const share = quantile(clear, 0.25) / pacingMs;
  const ratio = quantile(clear, 0.25) / quantile(bare, 0.25);
  process.stdout.write(
    [
      `an update of one row, committed:                  ${shown(bare)}`,
      `a request granted by the shared budget:           ${shown(clear)}`,
      `the same, after ${snapshotGrantCount} beside an open transaction: ${shown(held)}`,
      `write-ahead log for each: ${Math.round(walBytes / grantCount)} bytes`,
      `share of the ${pacingMs} ms that a request is worth at ${allowance} a minute: ${(100 * share).toFixed(2)} % (aim: below ${100 * shareMax} %)`,
      `against the update of one row: ${ratio.toFixed(2)} (aim: below ${ratioMax})`,
      '',
    ].join('\n'),
  );
  if (share > shareMax || ratio > ratioMax) process.exitCode = 1;
}

/** Times grants that never wait: each reservation passes a later time to the database, so that a request is free. */
async function grantTimes(connectionString: string, count: number): Promise<number[]> {
  let nowMs = Date.parse('2026-03-10T08:00:00Z');
  const budget = new RequestBudget({
    connectionString,
    api: 'https://api.bench',
    clientId: `bench ${count}`,
    requestsPerMinute: allowance,
    clockMs: () => nowMs,
    databaseTime: () => new Date(nowMs),
  });
  const times = await timesOf(count, async () => {
    nowMs += 210;
    const answer = await budget.reserve(1, nowMs, 4);
    if (!answer.granted) throw new Error(`Nothing was granted for ${answer.waitMs} ms.`);
  });
  await budget.close();
  return times;
}

async function timesOf(count: number, work: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  return times;
}

async function walPosition(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes`);
  return rows[0].bytes;
}

function quantile(times: readonly number[], share: number): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;
}

function shown(times: readonly number[]): string {
  return `${quantile(times, 0.25).toFixed(2)} to ${quantile(times, 0.5).toFixed(2)} ms (95 of 100 below ${quantile(times, 0.95).toFixed(2)} ms)`;
}
