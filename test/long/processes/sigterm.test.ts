import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { until } from '../../service/support.js';
import { migratedDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import {
  differencesFromTruth,
  environmentFor,
  missingConversations,
  runCommand,
  spawnCommand,
} from '../../support/program.js';

/** A supervisor kills after ten seconds; the program has to be gone before. */
const stopMsMax = 10_000;
const from = new Date('2026-03-09T00:00:00Z');
const to = new Date('2026-03-12T06:00:00Z');
const at = new Date('2026-03-12T06:12:00Z');

let sandbox: Sandbox;
let database: TestDatabase;
let environment: Record<string, string>;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 13,
    conversationsPerDay: 200,
    agents: 12,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  folder = await mkdtemp(join(tmpdir(), 'sigterm-'));
  environment = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_START: from.toISOString(),
    GENESYS_WAREHOUSE_SERVICE_PORT: '0',
  };
});
afterAll(async () => {
  await database.drop();
  await sandbox.close();
  await rm(folder, { recursive: true });
});

type Requests = ReturnType<Sandbox['requests']>;

/**
 * Starts `run`, ends it with SIGTERM as soon as `moment` returns true and checks its end. The moment gets the requests
 * since this process logged in: a stalled request is written down only when its answer leaves, which may be after
 * its process has ended and before the next one hears signals.
 */
async function stoppedAt(
  moment: (requests: Requests) => boolean | Promise<boolean>,
  args: readonly string[] = ['--stream', 'conversations', 'conversation_history'],
  extra: Record<string, string> = {},
): Promise<void> {
  sandbox.resetRequests();
  const program = spawnCommand(['run', ...args], at, { ...environment, ...extra });
  await until(() => {
    const requests = sandbox.requests();
    const login = requests.findIndex(({ path }) => path === '/oauth/token');
    return login >= 0 && moment(requests.slice(login + 1));
  });
  const signalledAt = performance.now();
  program.kill('SIGTERM');
  const { status, errors } = await program.ended;
  expect(performance.now() - signalledAt).toBeLessThan(stopMsMax);
  // 143 is main's own word for it; a program that was cut off by force has not said goodbye.
  expect(status).toBe(0);
  expect(errors).toContain('The scheduler has stopped');
}

async function stored(): Promise<number> {
  const pool = testPool(database.url);
  const { rows } = await pool.query('select count(*)::int as count from genesys.conversations');
  await pool.end();
  return rows[0].count;
}

async function pendingCount(): Promise<number> {
  const pool = testPool(database.url);
  const { rows } = await pool.query('select count(*)::int as count from extract.slices where due_at <= $1', [at]);
  await pool.end();
  return rows[0].count;
}

describe('SIGTERM', { timeout: 180_000 }, () => {
  test('in the middle of loading many days ends run in less than ten seconds', async () => {
    // Slow enough that the end is far when the beginning is stored.
    sandbox.setFaults({ stall: { rate: 1, ms: 400, when: 'before-headers', path: '/details/' } });
    await stoppedAt(async () => (await stored()) > 0);
    sandbox.setFaults({});
    expect(await pendingCount()).toBeGreaterThan(0);
  });

  test('while an answer has stalled ends run in less than ten seconds', async () => {
    sandbox.setFaults({ stall: { rate: 1, ms: 120_000, when: 'in-body', path: '/analytics/' } });
    await stoppedAt((requests) => requests.some(({ path }) => path.includes('/analytics/')));
    sandbox.setFaults({});
  });

  test('during a long Retry-After ends run in less than ten seconds', async () => {
    sandbox.setFaults({ http429: { rate: 1, retryAfterSeconds: 15, path: '/analytics/' } });
    await stoppedAt((requests) => requests.some(({ status }) => status === 429));
    sandbox.setFaults({});
  });

  test('while it listens to events ends run in less than ten seconds', async () => {
    const rules = join(folder, 'rules.yaml');
    const code = [...sandbox.world.directory.queueWrapupCodes.values()][0]?.[0] ?? '';
    const writeback = { queues: ['*'], codes: ['*'], writesPerRunMax: 10 };
    const rule = { name: 'any', when: { phase: 'afterCallWork' }, set: { code } };
    await writeFile(rules, JSON.stringify({ version: 1, writeback, rules: [rule] }));
    await stoppedAt(
      (requests) => requests.some(({ path, method }) => method === 'PUT' && path.endsWith('/subscriptions')),
      ['--wrapup', '--stream', 'directory', 'queue_directory'],
      { GENESYS_WAREHOUSE_WRAPUP_RULES: rules },
    );
  });

  test('leaves tables that one more sync brings to the truth, no slice failed and every run written down', async () => {
    const pool = testPool(database.url);
    const failed = await pool.query('select stream, last_error from extract.slices where attempts > 0');
    expect(failed.rows).toEqual([]);
    const streams = ['conversations', 'conversation_history'];
    expect(await runCommand(['sync', '--stream', ...streams], sandbox, environment)).toMatchObject({ status: 0 });
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
    expect(await missingConversations(pool, sandbox, from, to)).toEqual([]);
    const open = await pool.query('select count(*)::int as count from extract.runs where ended_at is null');
    expect(open.rows[0].count).toBe(0);
    await pool.end();
  });
});
