import { expect, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.js';
import { createDatabase, migratedDatabase, testPool } from '../../support/postgres.js';
import { environmentFor, runCommand, spawnCommand } from '../../support/program.js';
import { smallSandboxAt as at, sandbox, withSmallSandbox } from '../../support/small-sandbox.js';
import { dataRequests, environment, expectTruth, until } from './kill-support.js';

withSmallSandbox();

test('a backfill killed inside a details job resumes in the same job', { timeout: 120_000 }, async () => {
  const database = await migratedDatabase();
  const variables = environment(database);
  const args = ['backfill', '--from', '2026-03-10', '--to', '2026-03-11', '--stream', 'conversation_history'];
  sandbox.resetRequests();
  const submitted = () =>
    sandbox.requests().filter((request) => request.method === 'POST' && request.path.endsWith('/details/jobs'));
  const pool = testPool(database.url);
  const child = spawnCommand(args, at, variables);
  // The job is in the ledger a moment after it is submitted; its results are asked for meanwhile.
  await until(async () => {
    const { rowCount } = await pool.query('select from extract.slices where cursor is not null');
    return rowCount === 1;
  }, child.ended);
  child.kill('SIGKILL');
  await child.ended;
  expect(await runCommand(args, sandbox, variables)).toMatchObject({ status: 0 });
  expect(submitted()).toHaveLength(1);
  await pool.end();
  await database.drop();
});

test('a kill makes the next process read again at most the pages of one commit, and nothing else is asked twice', {
  timeout: 120_000,
}, async () => {
  const busy = await startSandbox({
    seed: 2,
    conversationsPerDay: 4_000,
    agents: 120,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  const [alone, killed] = [await migratedDatabase(), await migratedDatabase()];
  const args = ['backfill', '--from', '2026-03-10', '--to', '2026-03-11', '--stream', 'conversations'];
  const pages = () => busy.requests().filter((request) => request.path.endsWith('/details/query')).length;
  expect(await runCommand(args, busy, environmentFor(busy, alone.url))).toMatchObject({ status: 0 });
  const needed = pages();
  const pool = testPool(alone.url);
  const { rows } = await pool.query('select count(*)::int as count from genesys.conversations');
  await pool.end();
  // Every page that exists is asked for once, and no request is sent for a page that does not exist.
  expect(needed).toBe(Math.ceil(rows[0].count / 100));
  busy.resetRequests();
  const child = spawnCommand(args, at, environmentFor(busy, killed.url));
  await until(() => pages() >= Math.floor(needed * 0.7), child.ended);
  child.kill('SIGKILL');
  expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
  expect(await runCommand(args, busy, environmentFor(busy, killed.url))).toMatchObject({ status: 0 });
  // A commit holds up to 3,000 conversations, 30 of these pages, what is fetched ahead of it included.
  expect(pages() - needed).toBeLessThanOrEqual(30);
  expect(pages()).toBeLessThan(2 * needed);
  await alone.drop();
  await killed.drop();
  await busy.close();
});

test('two processes at once do the work once', { timeout: 120_000 }, async () => {
  const [alone, shared] = [await migratedDatabase(), await migratedDatabase()];
  sandbox.resetRequests();
  // Each process asks for itself how far the data lake reaches, what the limits of jobs are, and whose organisation it is.
  const paths = () =>
    dataRequests()
      .filter(({ path }) => !/\/availability$|\/limits\/|\/organizations\/me$/.test(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f-]{36}/g, ':id')}`)
      .sort();
  expect(await spawnCommand(['sync'], at, environment(alone)).ended).toMatchObject({ status: 0 });
  const needed = paths();
  sandbox.resetRequests();
  const both = [spawnCommand(['sync'], at, environment(shared)), spawnCommand(['sync'], at, environment(shared))];
  for (const child of both) expect(await child.ended).toMatchObject({ status: 0 });
  const sent = paths();
  expect(sent.length, `sent ${sent.join(', ')}; needed ${needed.join(', ')}`).toBeLessThanOrEqual(needed.length);
  const pool = testPool(shared.url);
  await expectTruth(pool);
  await pool.end();
  await alone.drop();
  await shared.drop();
});

test('twenty processes that migrate an empty database at once all succeed', { timeout: 120_000 }, async () => {
  const database = await createDatabase();
  const runs = await Promise.all(
    Array.from({ length: 20 }, () => runCommand(['migrate'], sandbox, { DATABASE_URL: database.url })),
  );
  expect(runs.map((run) => run.status)).toEqual(Array(20).fill(0));
  await database.drop();
});
