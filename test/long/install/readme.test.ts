/** The commands of the README's chapter "Install", typed as they are, with options in place of answers. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let sandbox: Sandbox;
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 3, conversationsPerDay: 100, agents: 8, requestsPerMinute: 'unlimited' });
  database = await createDatabase();
  folder = await mkdtemp(join(tmpdir(), 'gw-install-'));
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** The commands of the chapter, without the comments beside them. */
async function chapter(): Promise<string[]> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, block = ''] = /^## Install\n[\s\S]*?```sh\n([\s\S]*?)```/m.exec(readme) ?? [];
  return block
    .split('\n')
    .map((line) => line.replace(/\s*#.*/, ''))
    .filter((line) => line !== '');
}

test('init, doctor and run lead from nothing to a warehouse that pulls', { timeout: 240_000 }, async () => {
  const [install, init, doctor, scheduler] = await chapter();
  expect(install).toBe('npm install --global genesys-warehouse');
  await writeFile(join(folder, 'secret'), sandbox.clientSecret);
  // In place of the installation, which package.test.ts shows.
  const program = join(folder, 'bin', 'genesys-warehouse');
  await mkdir(join(folder, 'bin'));
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${root}dist/main.js' "$@"\n`);
  await chmod(program, 0o755);
  const options = [
    `--api-url ${sandbox.url} --client-id ${sandbox.clientId} --client-secret-file secret`,
    `--database-url '${database.url}' --time-zone Europe/Berlin --start 1d`,
  ];
  // The scheduler is stopped as soon as its first pass is through.
  const script = [
    'set -e',
    `${init} ${options.join(' ')}`,
    doctor,
    `${scheduler} 2> run.log & program=$!`,
    `until grep -qE '"msg":"(run|sync) done"' run.log; do sleep 0.2; kill -0 $program; done`,
    'kill $program',
    'wait $program || echo "ended with $?"',
    'genesys-warehouse export rpt_queue_days',
  ].join('\n');
  const { PATH, HOME } = process.env;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: folder,
    env: { PATH: `${folder}/bin:${PATH}`, HOME, GENESYS_WAREHOUSE_SERVICE_PORT: '0' },
    maxBuffer: 16 * 1_048_576,
  });
  expect(stdout).toContain('the OAuth client is accepted');
  expect(stdout).toContain('ended with 143');
  expect(stdout).toMatch(/day,queue_id,.*\n\d{4}-\d{2}-\d{2},/);
});
