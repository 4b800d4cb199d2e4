import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dbtSources } from '../../src/catalog/dbt.js';
import { readCatalog } from '../../src/postgres/catalog.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';

const hasDbt = spawnSync('dbt', ['--version']).status === 0;
if (!hasDbt) console.warn('dbt is not installed (pip install dbt-postgres): its sources are not tried with it.');

let database: TestDatabase;
let directory: string;

describe.skipIf(!hasDbt)('the sources of catalog --format dbt', () => {
  beforeAll(async () => {
    database = await migratedDatabase();
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
  }, 240_000);

  afterAll(async () => {
    await database?.drop();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });

  const dbt = (command: string) => {
    const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' };
    const options = { cwd: directory, env, encoding: 'utf8' } as const;
    return spawnSync('dbt', ['--no-use-colors', command, '--profiles-dir', '.'], options);
  };

  test('are parsed by dbt', { timeout: 180_000 }, () => {
    const { status, stdout } = dbt('parse');
    expect([status, status === 0 ? '' : stdout]).toEqual([0, '']);
  });
});
