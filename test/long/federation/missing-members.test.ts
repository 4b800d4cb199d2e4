import { execFileSync } from 'node:child_process';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openMartReader } from '../../../src/postgres/dashboard/mart-reader.js';
import { migrate } from '../../../src/postgres/migrate.js';
import { nameOrganization, onDatabase, runOn } from '../../federation/support.js';
import { createDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import { startEmbedded, type TestServer } from '../../support/test-server.js';

/** Members on servers of their own, which a test can stop or freeze: a frozen one still takes connections, and answers nothing. */
const ids = {
  emea: '11111111-1111-4111-8111-111111111111',
  apac: '22222222-2222-4222-8222-222222222222',
};
/** Limit within which an error must come. */
const answerMsMax = 15_000;
const servers: TestServer[] = [];
let emea: string;
let apac: string;
let federated: TestDatabase;

beforeAll(async () => {
  const started = await Promise.all(['emea', 'apac'].map((label) => startEmbedded(label)));
  servers.push(...started);
  [emea = '', apac = ''] = started.map(({ url }) => url);
  for (const [name, url] of [
    ['emea', emea],
    ['apac', apac],
  ] as const) {
    const pool = testPool(url);
    await migrate(pool, { timeZone: 'UTC' }).finally(() => pool.end());
    await nameOrganization(url, ids[name], name.toUpperCase());
    await onDatabase(url, (client) =>
      client.query(`insert into genesys.divisions (division_id, valid_from, name, content_hash)
        values (gen_random_uuid(), now(), 'North', gen_random_uuid())`),
    );
  }
  federated = await createDatabase();
  const run = await runOn(federated.url, ['federate', '--member', `emea=${emea}`, `apac=${apac}`]);
  if (run.status !== 0) throw new Error(run.output);
}, 300_000);
afterAll(async () => {
  await federated?.drop();
  for (const server of servers) await server.stop();
});

/** Suspends every process of a server, and resumes them when the test is over. */
async function freeze(url: string): Promise<void> {
  const postmaster = await onDatabase(url, async (client) => {
    const { rows } = await client.query<{ text: string }>(`select pg_read_file('postmaster.pid') as text`);
    return Number((rows[0]?.text ?? '').split('\n')[0]);
  });
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(postmaster)], { encoding: 'utf8' });
  const pids = [postmaster, ...children.trim().split(/\s+/).map(Number)];
  onTestFinished(() => signal(pids, 'SIGCONT'));
  signal(pids, 'SIGSTOP');
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      // A session that has ended meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** A session of a reader, whose driver gives a statement up after the time that is promised. */
async function session(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: federated.url, query_timeout: answerMsMax });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('set role genesys_reader');
  return client;
}

/** Resolves when a statement waits for a lock at the member. */
async function waitingAtApac(): Promise<void> {
  const look = () => onDatabase(apac, (client) => client.query('select from pg_locks where not granted'));
  await vi.waitFor(async () => expect((await look()).rowCount).toBeGreaterThan(0), { timeout: 10_000 });
}

const count = 'select organization_name, count(*)::int as count from mart.dim_divisions group by 1 order by 1';

describe('a member that is frozen', () => {
  test('is named in the error, in a new session and in one that was connected to it', async () => {
    const before = await session();
    expect((await before.query(count)).rows).toHaveLength(2);
    const fresh = await session();
    await freeze(apac);
    for (const client of [before, fresh])
      await expect(client.query(count)).rejects.toThrow('Member apac does not answer (no answer in time)');
  }, 120_000);

  test('is left out where that is asked for, and is in the list of what is missing', async () => {
    const client = await session();
    await freeze(apac);
    await client.query(`set federation.missing = 'leave_out'`);
    expect((await client.query(count)).rows).toEqual([{ organization_name: 'EMEA', count: 1 }]);
    const { rows } = await client.query(
      'select member_name, is_answering, missing_reason from mart.ops_members order by 1',
    );
    expect(rows).toEqual([
      { member_name: 'apac', is_answering: false, missing_reason: 'no answer in time' },
      { member_name: 'emea', is_answering: true, missing_reason: null },
    ]);
  }, 120_000);

  test('ends federate --status with 1, and federate that is to add it', async () => {
    await freeze(apac);
    const status = await runOn(federated.url, ['federate', '--status']);
    expect(status).toMatchObject({ status: 1, output: expect.stringMatching(/apac .*missing .*no answer in time/) });
    const other = await createDatabase();
    onTestFinished(() => other.drop());
    const added = await runOn(other.url, ['federate', '--member', `apac=${apac}`]);
    expect(added).toMatchObject({ status: 1, output: expect.stringContaining('Member apac cannot be reached') });
  }, 120_000);

  test('is named by the page during a statement; one that is only slow is waited for', async () => {
    const page = await openMartReader({ connectionString: federated.url });
    onTestFinished(() => page.close());
    const holder = new pg.Client({ connectionString: apac });
    await holder.connect();
    onTestFinished(() => holder.end());
    const hold = () => holder.query('begin; lock table genesys.queues in access exclusive mode');
    await hold();
    const slow = page.run('queue-list', {});
    await waitingAtApac();
    await holder.query('commit');
    expect((await slow).rows).toEqual([]);
    await hold();
    const frozen = page.run('queue-list', {});
    const outcome = frozen.catch((error: Error) => error);
    await waitingAtApac();
    await freeze(apac);
    const startedMs = performance.now();
    expect(String(await outcome)).toContain('Member apac does not answer (no answer in time)');
    expect(performance.now() - startedMs).toBeLessThan(answerMsMax);
  }, 120_000);

  test('ends a running export, with its name', async () => {
    const holder = new pg.Client({ connectionString: apac });
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query('begin; lock table genesys.queues in access exclusive mode');
    const exporting = runOn(federated.url, ['export', 'dim_queues']);
    await waitingAtApac();
    await freeze(apac);
    expect(await exporting).toMatchObject({
      status: 1,
      output: expect.stringContaining('Member apac does not answer (no answer in time)'),
    });
  }, 120_000);

  test('answers again as soon as it is resumed', async () => {
    const client = await session();
    expect((await client.query(count)).rows).toEqual([
      { organization_name: 'APAC', count: 1 },
      { organization_name: 'EMEA', count: 1 },
    ]);
  });
});

describe('a member whose server is stopped', () => {
  test('is named in the error, and left out where that is asked for', async () => {
    const client = await session();
    expect((await client.query(count)).rows).toHaveLength(2);
    const page = await openMartReader({ connectionString: federated.url });
    onTestFinished(() => page.close());
    await servers[1]?.stop();
    await expect(page.run('queue-list', {})).rejects.toThrow(/Member apac does not answer/);
    await expect(client.query(count)).rejects.toThrow(/Member apac does not answer \(.*Connection refused/s);
    await client.query(`set federation.missing = 'leave_out'`);
    expect((await client.query(count)).rows).toEqual([{ organization_name: 'EMEA', count: 1 }]);
  }, 120_000);
});
