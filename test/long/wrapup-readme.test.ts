import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const at = new Date('2026-03-12T15:07:00Z');
let sandbox: Sandbox;
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({
    conversationsPerDay: 500,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
    lateWrapups: 'accepted',
  });
  database = await migratedDatabase();
  folder = await mkdtemp(join(tmpdir(), 'gw-readme-'));
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** Returns the commands of the chapter in docs/wrapup.md, unchanged except for the address of the sandbox and the clock. */
async function chapter(): Promise<string> {
  const page = await readFile(`${root}docs/wrapup.md`, 'utf8');
  const [, script = ''] = /```sh\n(alias genesys-warehouse=[\s\S]*?)```/.exec(page) ?? [];
  const [program, address] = ["/dist/main.js'", 'http://127.0.0.1:8765'];
  for (const text of [program, address]) expect(script).toContain(text);
  return script.replace(program, `/test/support/program-at.mjs' ${at.toISOString()}`).replace(address, sandbox.url);
}

test('the chapter of docs/wrapup.md leads a newcomer from rules to verified codes', { timeout: 240_000 }, async () => {
  // A terminal knows aliases without being asked, a script does not; and this one ends where a command fails.
  const script = `set -e; shopt -s expand_aliases\n${await chapter()}`;
  const { PATH, HOME } = process.env;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: root,
    env: { PATH, HOME, TMPDIR: folder, DATABASE_URL: database.url, GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: '10000' },
    maxBuffer: 16 * 1_048_576,
  });
  expect(stdout).toContain('Genesys has the code.');

  const pool = testPool(database.url);
  const { rows } = await pool.query<{ sent: number; revoked: number }>(
    `select count(sent_at)::int as sent, count(*) filter (where rule = 'e-mails' and state = 'revoked')::int as revoked
     from wrapup.assignments`,
  );
  await pool.end();
  // As many as the example lets a run write.
  expect(rows[0]?.sent).toBe(50);
  expect(rows[0]?.revoked).toBeGreaterThan(0);
});
