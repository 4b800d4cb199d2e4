import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countUsersWithoutStatusTimes } from '../../src/postgres/ledger/unlisted.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

/** A client whose role has some divisions only: the others' agents, queues and codes are named by figures and never listed. */
const start = new Date('2026-03-10T15:07:00Z');
const dayMs = 86_400_000;
let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 11,
    agents: 60,
    conversationsPerDay: 200,
    clock: { kind: 'fixed', at: start },
    requestsPerMinute: 'unlimited',
    faults: { hiddenDivisions: 0.5 },
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '2d' };
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await sandbox?.close();
});

const streams = ['directory', 'conversations', 'agent_aggregates', 'queue_aggregates', 'user_aggregates'];
const sync = () => runCommand(['sync', ...streams.flatMap((name) => ['--stream', name])], sandbox, environment);

interface Unlisted {
  readonly kind: string;
  readonly idCount: number;
}

async function unlisted(): Promise<Record<string, number>> {
  const { output } = await runCommand(['status', '--json'], sandbox, environment);
  const { unlisted: found } = JSON.parse(output.slice(output.indexOf('{\n'))) as { unlisted: Unlisted[] };
  return Object.fromEntries(found.map(({ kind, idCount }) => [kind, idCount]));
}

async function counted(text: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`select count(*)::int as count from (${text}) as found`);
  return rows[0]?.count ?? -1;
}

test('status counts the users, queues and codes that data name and the directory lacks, with the remedy', async () => {
  expect((await sync()).status).toBe(0);
  const found = await unlisted();
  const users = `(select user_id from genesys.agent_aggregates union select user_id from genesys.handling_facts) as named
     where user_id is not null and user_id not in (select user_id from genesys.users)`;
  expect(found.users).toBe(await counted(`select * from ${users}`));
  expect(found.users).toBeGreaterThan(5);
  expect(found.queues).toBeGreaterThan(0);
  expect(found['wrap-up codes']).toBeGreaterThan(0);
  const { output } = await runCommand(['status'], sandbox, environment);
  expect(output).toContain('Not in the directory');
  expect(output).toContain('The OAuth client may lack their divisions');
});

test('users who are known from figures only are asked for their status times', async () => {
  sandbox.advance(dayMs);
  expect((await sync()).status).toBe(0);
  // Everybody who handled something on the day before has status times of that day, listed or not.
  const missing = `select user_id from genesys.agent_handling_day_sums where day = '2026-03-10'
     except select user_id from genesys.agent_status_day_sums where day = '2026-03-10'`;
  expect(await counted(missing)).toBe(0);
  const hidden = `select user_id from genesys.agent_status_day_sums except select user_id from genesys.users`;
  expect(await counted(hidden)).toBeGreaterThan(5);
});

test('users with statuses of whom the aggregates say nothing are counted once the day is settled', async () => {
  const [user, other] = ['00000000-0000-4000-8000-000000000091', '00000000-0000-4000-8000-000000000092'];
  await pool.query(
    `insert into genesys.user_presences (user_id, start_time, end_time, system_presence, as_of)
     values ($1, '2026-02-03T10:00Z', '2026-02-03T11:00Z', 'ON_QUEUE', '2026-02-04'),
            ($2, '2026-02-03T10:00Z', '2026-02-03T11:00Z', 'OFFLINE', '2026-02-04')`,
    [user, other],
  );
  const at = (text: string) => countUsersWithoutStatusTimes(pool, new Date(text));
  // Nobody has status times of that day: then it is the data set that is missing, not a user.
  expect(await at('2026-02-06T12:00Z')).toBe(0);
  await pool.query(
    `insert into genesys.agent_status_day_sums (day, user_id, last_interval_end) values ('2026-02-03', $1, '2026-02-04')`,
    [other],
  );
  expect(await at('2026-02-06T12:00Z')).toBe(1);
  expect(await at('2026-02-04T12:00Z')).toBe(0);
  await pool.query(
    `insert into genesys.agent_status_day_sums (day, user_id, last_interval_end) values ('2026-02-03', $1, '2026-02-04')`,
    [user],
  );
  expect(await at('2026-02-06T12:00Z')).toBe(0);
});
