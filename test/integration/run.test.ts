import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, runCommand } from '../support/program.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

let sandbox: Sandbox;
let database: TestDatabase;
let environment: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 3, conversationsPerDay: 100, agents: 8, requestsPerMinute: 'unlimited' });
  database = await migratedDatabase();
  environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '3d' };
});
afterAll(async () => {
  await database.drop();
  await sandbox.close();
});

interface Started {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<{ status: number | null; output: string; errors: string }>;
  readonly saw: (text: string) => Promise<void>;
}

function start(args: readonly string[]): Started {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<{ status: number | null; output: string; errors: string }>((resolve) =>
    child.on('close', (status) => resolve({ status, output, errors })),
  );
  return {
    kill: (signal) => void child.kill(signal),
    ended,
    saw: async (text) => {
      const over = ended.then(() => true);
      while (!errors.includes(text)) {
        if (await Promise.race([over, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20))])) {
          throw new Error(`The program ended without saying ${text}: ${errors}`);
        }
      }
    },
  };
}

describe('run', () => {
  test('ticks, stops on SIGTERM with everything committed and exit status 143', { timeout: 60_000 }, async () => {
    const started = start(['run', '--stream', 'conversations', '--schedule', '* * * * * *']);
    await started.saw('run done');
    started.kill('SIGTERM');
    const { status, output, errors } = await started.ended;
    expect({ status, output }).toEqual({ status: 143, output: '' });
    expect(errors).toContain('The scheduler has stopped');
    expect(errors).not.toContain(sandbox.clientSecret);
    const pool = testPool(database.url);
    expect(await differencesFromTruth(pool, sandbox, 2_000)).toEqual([]);
    const { rows } = await pool.query('select count(*)::int as unfinished from extract.runs where ended_at is null');
    expect(rows[0].unfinished).toBe(0);
    await pool.end();
  });

  test('interrupted in the middle of a sync, leaves the rest pending and ends with 130', {
    timeout: 60_000,
  }, async () => {
    sandbox.setFaults({ stall: { rate: 1, ms: 60_000, path: '/results' } });
    const started = start(['sync', '--stream', 'conversation_history']);
    while (!sandbox.requests().some((request) => /details\/jobs\/[0-9a-f-]{36}$/.test(request.path))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    started.kill('SIGINT');
    expect(await started.ended).toMatchObject({ status: 130 });
    sandbox.setFaults({});
    const pool = testPool(database.url);
    const { rows } = await pool.query(
      `select count(*)::int as pending, coalesce(sum(attempts), 0)::int as failures from extract.slices
       where stream = 'conversation_history' and due_at is not null`,
    );
    expect(rows[0].pending).toBeGreaterThan(0);
    expect(rows[0].failures).toBe(0);
    await pool.end();
  });
});

describe('status', () => {
  test('shows coverage and pending work per stream, and no secrets', async () => {
    const run = await runCommand(['status', '--json'], sandbox, environment);
    expect(run.status).toBe(0);
    const status = JSON.parse(run.output);
    expect(status.streams.map((row: { stream: string }) => row.stream)).toContain('conversations');
    expect(status.lastRun).not.toBeNull();
    expect(status.sizes.some((row: { relation: string }) => row.relation === 'genesys.segments')).toBe(true);
    expect(run.output).not.toContain(sandbox.clientSecret);
    expect(await runCommand(['status'], sandbox, environment)).toMatchObject({ status: 0 });
  });
});

describe('export', () => {
  const exported = (args: readonly string[]) => start(['export', ...args]).ended;

  test('writes a mart relation as CSV with a header, and nothing but data to standard output', async () => {
    const { status, output, errors } = await exported(['fct_conversations', '--from', '2020-01-01']);
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    const [header, ...lines] = output.trim().split('\n');
    expect(header?.split(',')).toContain('conversation_id');
    expect(lines.length).toBeGreaterThan(0);
  });

  test('names the relations there are when asked for another', async () => {
    const { status, output, errors } = await exported(['fct_nothing']);
    expect({ status, output }).toEqual({ status: 2, output: '' });
    expect(errors).toContain('fct_conversations');
  });
});
