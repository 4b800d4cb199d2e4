import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { StormServer } from '../../chaos/storm-server.js';
import { environmentFor } from '../../support/program.js';

const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

let sandbox: Sandbox;
let server: StormServer;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 3, conversationsPerDay: 100, agents: 5, requestsPerMinute: 'unlimited' });
  server = await StormServer.start();
});
afterAll(async () => {
  await server.remove();
  await sandbox.close();
});

test('run continues when its database was killed and started again', { timeout: 180_000 }, async () => {
  const environment = {
    ...environmentFor(sandbox, server.url('genesys_warehouse')),
    GENESYS_WAREHOUSE_START: '1d',
    GENESYS_WAREHOUSE_SERVICE_PORT: '0',
  };
  const child = spawn(process.execPath, [main, 'run', '--stream', 'conversations', '--schedule', '* * * * * *'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const says = async (text: string) => {
    while (!log.includes(text)) {
      if (child.exitCode !== null) throw new Error(`The program ended without saying ${text}: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  try {
    await says('run done');
    await server.stopHard('SIGKILL');
    log = '';
    await says('Outage began');
    await server.startAgain();
    await says('Outage is over');
    log = '';
    await says('run done');
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill('SIGKILL');
  }
});
