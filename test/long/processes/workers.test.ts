import type pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { type Sandbox, type SandboxSettings, startSandbox } from '../../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import {
  type Child,
  differencesFromTruth,
  environmentFor,
  missingConversations,
  spawnCommand,
} from '../../support/program.js';

/** Three processes of the built program on one database and one OAuth client. */
const at = new Date('2026-03-12T06:12:00Z');
const workerCount = 3;
const minuteMs = 60_000;
const allowance = 300;

interface Stage {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly environment: Record<string, string>;
}

let stage: Stage | undefined;
let children: Child[] = [];

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => child.ended));
  children = [];
  await stage?.pool.end();
  await stage?.database.drop();
  await stage?.sandbox.close();
  stage = undefined;
});

async function setUp(settings: SandboxSettings, start: string, requestsPerMinute: number): Promise<Stage> {
  const sandbox = await startSandbox({
    conversationsPerDay: 100,
    agents: 8,
    clock: { kind: 'fixed', at },
    ...settings,
  });
  const database = await migratedDatabase();
  const environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_START: start,
    GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: String(requestsPerMinute),
  };
  stage = { sandbox, database, pool: testPool(database.url), environment };
  return stage;
}

function spawnWorkers(args: readonly string[], environment: Record<string, string>): Child[] {
  children = Array.from({ length: workerCount }, () => spawnCommand(args, at, environment));
  return children;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean | Promise<boolean>, whatMsMax = minuteMs): Promise<void> {
  const endMs = performance.now() + whatMsMax;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error('It did not happen in time.');
    await pause(5);
  }
}

const dataRequests = (sandbox: Sandbox) => sandbox.requests().filter((request) => request.path.startsWith('/api/'));

/** Reads the claimed slices, by the server process whose connection holds the claim. */
async function readClaimed(pool: pg.Pool): Promise<Map<number, number[]>> {
  const { rows } = await pool.query<{ pid: number; slices: number[] }>(
    'select session_pid as pid, array_agg(slice_id::int) as slices from extract.claims group by 1',
  );
  return new Map(rows.map((row) => [row.pid, row.slices]));
}

interface Minute {
  readonly requests: number;
  /** Processes that waited for the budget, looked at once a second. */
  readonly waiting: readonly number[];
}

/** The next minute of requests, of which `before` had come already; it ends at `endMs`. */
async function measureMinute({ sandbox, pool }: Stage, before: number, endMs: number): Promise<Minute> {
  const waiting: number[] = [];
  while (performance.now() < endMs) {
    if (endMs - performance.now() < minuteMs - 1_000 * waiting.length) {
      const { rows } = await pool.query('select waiting_process_count as count from extract.request_budget_facts');
      waiting.push(rows[0]?.count ?? 0);
    }
    await pause(10);
  }
  return { requests: dataRequests(sandbox).length - before, waiting };
}

/** Somebody waited nearly all the time. A machine that has no time for the processes leaves requests unused that nobody asks for. */
const isWantedThroughout = ({ waiting }: Minute) =>
  waiting.filter((count) => count > 0).length >= 0.95 * waiting.length && waiting.length > 50;

test('three processes use at least 95 % of an allowance of 300 requests a minute in each minute, and never exceed it', {
  timeout: 400_000,
}, async () => {
  const [comparedMinutes, minutesMax] = [2, 4];
  const opened = await setUp(
    { seed: 5, requestsPerMinute: allowance, dataFrom: new Date('2025-10-01T00:00:00Z') },
    '2025-11-01T00:00:00Z',
    allowance,
  );
  const { sandbox, pool, environment } = opened;
  spawnWorkers(['sync'], environment);
  // From the first request on, because what may be sent at once in the beginning is part of the first minute's allowance.
  await until(() => dataRequests(sandbox).length > 0);
  const startMs = performance.now();
  const minutes: Minute[] = [];
  let counted = 0;
  // The sandbox's clock is frozen, so the machine's clock shows when requests arrived.
  while (minutes.filter(isWantedThroughout).length < comparedMinutes && minutes.length < minutesMax) {
    const minute = await measureMinute(opened, counted, startMs + (minutes.length + 1) * minuteMs);
    minutes.push(minute);
    counted += minute.requests;
    process.stderr.write(
      `minute ${minutes.length}: ${minute.requests} of ${allowance} requests${isWantedThroughout(minute) ? '' : ', not compared: nobody waited for more'}\n`,
    );
  }
  for (const child of children) child.kill('SIGTERM');
  for (const child of children) expect(await child.ended).toMatchObject({ signal: null });

  // What the sandbox refused it answered with 429: there was nothing to refuse.
  expect(dataRequests(sandbox).filter((request) => request.status === 429)).toEqual([]);
  const compared = minutes.filter(isWantedThroughout);
  expect(compared).toHaveLength(comparedMinutes);
  for (const { requests, waiting } of compared) {
    expect(requests).toBeGreaterThanOrEqual(0.95 * allowance);
    expect(Math.max(...waiting)).toBe(workerCount);
  }
  for (const { requests } of minutes) expect(requests).toBeLessThanOrEqual(allowance);
  // Work was left all the time, or the figures would say nothing.
  const due = await pool.query('select count(*)::int as count from extract.slices where due_at <= $1', [at]);
  expect(due.rows[0].count).toBeGreaterThan(0);
});

test('a 429 of one process is waited out by all three, which come back one after the other', {
  timeout: 120_000,
}, async () => {
  const { sandbox, environment } = await setUp(
    { seed: 5, requestsPerMinute: 'unlimited', dataFrom: new Date('2025-12-01T00:00:00Z') },
    '2025-12-15T00:00:00Z',
    allowance,
  );
  spawnWorkers(['sync'], environment);
  await until(() => dataRequests(sandbox).length > 40, 2 * minuteMs);
  const retryAfterSeconds = 8;
  sandbox.setFaults({ http429: { rate: 1, times: 1, retryAfterSeconds } });
  const refused = () => dataRequests(sandbox).filter(({ status }) => status === 429).length;
  await until(() => refused() > 0);
  const refusedAtMs = performance.now();
  const countAt = async (ms: number) => {
    await pause(refusedAtMs + ms - performance.now());
    return dataRequests(sandbox).length;
  };
  // What was granted before is sent; from then on it is quiet, for all, until the time is over.
  const quiet = await countAt(3_000);
  expect(await countAt(retryAfterSeconds * 1_000 - 500)).toBe(quiet);
  await until(() => dataRequests(sandbox).length > quiet);
  await pause(2_000);
  expect(dataRequests(sandbox).length - quiet).toBeLessThanOrEqual(10);
  await until(() => dataRequests(sandbox).length > quiet + 30);
  expect(refused()).toBe(1);
});

test('a process that is killed frees its slices at once; the others finish them, nothing is done twice', {
  timeout: 240_000,
}, async () => {
  const settings = { seed: 12, requestsPerMinute: 'unlimited', dataFrom: new Date('2026-03-01T00:00:00Z') } as const;
  const { sandbox, pool, environment } = await setUp(settings, '2026-03-07T00:00:00Z', 3_000);
  const [victim] = spawnWorkers(['sync'], environment) as [Child];
  await until(() => dataRequests(sandbox).length > 80, 2 * minuteMs);
  const before = await readClaimed(pool);
  victim.kill('SIGKILL');
  await victim.ended;
  // The server ends connections of a killed process, and with them their claims.
  const alive = async () => {
    const { rows } = await pool.query<{ pid: number }>(
      'select pid from pg_stat_activity where datname = current_database()',
    );
    return new Set(rows.map((row) => row.pid));
  };
  const killed = async () => {
    const pids = await alive();
    return [...before].filter(([pid]) => !pids.has(pid)).flatMap(([, slices]) => slices);
  };
  await until(async () => (await killed()).length > 0, 5_000);
  const orphans = await killed();
  await until(async () => {
    const held = [...(await readClaimed(pool)).values()].flat();
    const done = await pool.query(
      'select slice_id::int as id from extract.slices where due_at is null or due_at > $1',
      [at],
    );
    const over = done.rows.map((row) => row.id);
    return orphans.every((id) => held.includes(id) || over.includes(id));
  }, 15_000);
  for (const child of children.slice(1)) expect(await child.ended).toMatchObject({ status: 0 });

  // Fresh tables have no statistics, and the look at every record would take minutes.
  await pool.query('analyze');
  expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  expect(await missingConversations(pool, sandbox, new Date('2026-03-07T00:00:00Z'), at)).toEqual(
    await missingConversations(pool, sandbox, new Date('2026-03-12T06:10:00Z'), at),
  );
  const pending = await pool.query(
    'select stream, slice_from from extract.slices where due_at <= $1 and retry_at is null',
    [at],
  );
  expect(pending.rows).toEqual([]);
  const asked = dataRequests(sandbox).filter(({ method, path }) => method === 'POST' && !path.endsWith('/jobs'));
  const repeated =
    asked.length - new Set(asked.map(({ path, query, body }) => JSON.stringify([path, query, body]))).size;
  // What the killed one had asked for and not yet stored is asked for again, and nothing else.
  expect(repeated).toBeLessThanOrEqual(2 * orphans.length);
  const twice = await pool.query('select stream, slice_from, pass from extract.slices where pass > 1');
  expect(twice.rows).toEqual([]);
});
