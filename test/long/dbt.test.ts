import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dbtSources } from '../../src/catalog/dbt.js';
import { readCatalog } from '../../src/postgres/catalog.js';
import { filledDatabase } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';
import { dbtProgram } from './clients/tools.js';

const program = dbtProgram();

let database: TestDatabase;
let directory: string;

describe.skipIf(program === undefined)('the sources of catalog --format dbt', () => {
  beforeAll(async () => {
    database = await filledDatabase();
    const pool = testPool(database.url);
    directory = mkdtempSync(join(tmpdir(), 'dbt-'));
    mkdirSync(join(directory, 'models'));
    writeFileSync(join(directory, 'models/sources.yml'), dbtSources(await readCatalog(pool)));
    await pool.end();
    writeFileSync(join(directory, 'dbt_project.yml'), 'name: warehouse\nversion: "1.0"\nprofile: warehouse\n');
    const { hostname, port, username, password } = new URL(database.url);
    const output = {
      type: 'postgres',
      host: hostname,
      port: Number(port || 5432),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      dbname: database.name,
      schema: 'public',
      threads: 2,
    };
    writeFileSync(
      join(directory, 'profiles.yml'),
      JSON.stringify({ warehouse: { target: 'test', outputs: { test: output } } }),
    );
  }, 300_000);

  afterAll(async () => {
    await database?.drop();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });

  const dbt = (command: string) => {
    const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' };
    const options = { cwd: directory, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
    return spawnSync(program ?? '', ['--no-use-colors', command, '--profiles-dir', '.'], options);
  };

  test('are parsed by dbt', { timeout: 180_000 }, () => {
    const { status, stdout } = dbt('parse');
    expect([status, status === 0 ? '' : stdout]).toEqual([0, '']);
  });

  test('hold in a filled database: every key is unique and there, every reference finds its row', {
    timeout: 600_000,
  }, () => {
    const { stdout } = dbt('test');
    const [, passed, failed] = /PASS=(\d+) WARN=0 ERROR=(\d+)/.exec(stdout) ?? [];
    expect([failed, failed === '0' ? '' : stdout.split('\n').filter((line) => /FAIL|ERROR/.test(line))]).toEqual([
      '0',
      '',
    ]);
    expect(Number(passed)).toBeGreaterThan(150);
  });
});
