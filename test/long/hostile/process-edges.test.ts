import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { environmentFor } from '../../support/program.js';

const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

let sandbox: Sandbox;
let database: TestDatabase;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 3, conversationsPerDay: 100, agents: 8, requestsPerMinute: 'unlimited' });
  database = await migratedDatabase();
  environment = {
    PATH: process.env.PATH,
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_START: '1d',
    GENESYS_WAREHOUSE_SERVICE_PORT: '0',
  };
});
afterAll(async () => {
  await database.drop();
  await sandbox.close();
});

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** A command of the shell that has ended, with both of its outputs; `$main` is the program. */
async function shell(command: string, onOutput: (text: string, pid: number) => void = () => {}): Promise<Ended> {
  const child = spawn('bash', ['-c', command], {
    env: { ...environment, main: `${process.execPath} ${main}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      onOutput(output, child.pid ?? 0);
    });
  }
  return new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, output })));
}

const stack = /\n\s+at |node:internal/;

describe.runIf(process.platform !== 'win32')('a process', { timeout: 180_000 }, () => {
  test.each([
    ['SIGHUP', 129],
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('that gets %s in the middle of run ends cleanly with status %i', async (signal, status) => {
    let isSent = false;
    const ended = await shell('exec $main run --stream directory', (text, pid) => {
      if (isSent || !/Scheduler started|The scheduler runs/.test(text)) return;
      isSent = true;
      process.kill(pid, signal);
    });
    expect(ended).toMatchObject({ status, signal: null });
    expect(ended.output).toMatch(/The scheduler has stopped|Scheduler stopped/);
  });

  test('whose log can no longer be written, as when its terminal has gone, does its work to the end', async () => {
    const ended = await shell('{ $main sync --stream directory 2>&3; echo "status $?"; } 3> >(head -c 1 > /dev/null)');
    expect(ended.output).toBe('status 0\n');
  });

  test('that writes to a full disk says so in one sentence', async () => {
    for (const command of ['export dim_dates', 'export dim_dates --raw', 'status', '--help']) {
      const ended = await shell(`$main ${command} > /dev/full`);
      expect([command, ended.status]).toEqual([command, 1]);
      expect(ended.output.match(/no space left \(ENOSPC\)/g)).toHaveLength(1);
      expect(ended.output).not.toMatch(stack);
    }
  });

  test('whose reader ends early is quiet', async () => {
    for (const command of ['export dim_dates', 'status', '--help']) {
      const ended = await shell(`$main ${command} 2>&1 | head -1 > /dev/null; echo "\${PIPESTATUS[0]}"`);
      expect([command, ended.output]).toEqual([command, '0\n']);
    }
  });

  test('that may open few files says so in one sentence, whatever it wanted to open', async () => {
    for (const limit of [40, 64, 128, 256]) {
      const ended = await shell(`ulimit -n ${limit}; $main status`);
      expect([limit, ended.status]).toEqual([limit, 1]);
      expect(ended.output).toMatch(/ulimit -n 1024/);
      expect(ended.output).not.toMatch(stack);
    }
  });
});
