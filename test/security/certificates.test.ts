import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T06:12:00Z');
let sandbox: Sandbox;
let database: TestDatabase;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 2, conversationsPerDay: 100, agents: 5, clock: { kind: 'fixed', at } });
  database = await migratedDatabase();
});
afterAll(async () => {
  await database?.drop();
  await sandbox?.close();
});

test.each([
  ['0', true],
  ['1', false],
  [undefined, false],
])(
  'NODE_TLS_REJECT_UNAUTHORIZED=%s is named in a warning only where it disables the verification of certificates',
  async (value, isNamed) => {
    const environment = environmentFor(sandbox, database.url);
    if (value !== undefined) environment.NODE_TLS_REJECT_UNAUTHORIZED = value;
    const { status, output } = await runCommand(['sync', '--stream', 'queue_directory'], sandbox, environment);
    expect(status).toBe(0);
    expect(output.includes('NODE_TLS_REJECT_UNAUTHORIZED=0 disables the verification of certificates')).toBe(isNamed);
  },
);
