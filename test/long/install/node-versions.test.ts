/** The program on the versions of Node that are maintained: the same rows, whichever of them it runs on. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';
import { environmentFor } from '../../support/program.js';
import { installTool } from '../../support/tools.js';

const at = new Date('2026-03-12T15:07:00Z');
const program = fileURLToPath(new URL('../../support/program-at.mjs', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const platform = process.platform === 'win32' ? 'win' : process.platform;
const versions = ['22.23.3', '24.9.0'];

let sandbox: Sandbox;
const databases: TestDatabase[] = [];
let expected: string;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 100,
    agents: 8,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  expected = await reportBy(process.execPath);
});
afterAll(async () => {
  for (const database of databases) await database.drop();
  await sandbox.close();
});

/** Pulls two days into an empty database and exports a report, each by a process of that Node. */
async function reportBy(node: string): Promise<string> {
  const database = await createDatabase();
  databases.push(database);
  const environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '2d' };
  const run = (...args: string[]) =>
    promisify(execFile)(node, [program, at.toISOString(), ...args], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      maxBuffer: 16 * 1_048_576,
    });
  await run('sync');
  const reports = await Promise.all([run('export', 'rpt_wrapup_causes'), run('export', 'rpt_queue_days')]);
  return reports.map(({ stdout }) => stdout).join('\n');
}

test('the report of the Node that the tests run on has rows', () => {
  expect(expected.split('\n').length).toBeGreaterThan(10);
});

test.each(versions)('Node %s pulls and reports the same', async (version) => {
  const node = `${await installTool(`node-${platform}-${process.arch}@${version}`)}/bin/node`;
  const { stdout } = await promisify(execFile)(node, ['--version']);
  expect(stdout.trim()).toBe(`v${version}`);
  expect(await reportBy(node)).toBe(expected);
});
