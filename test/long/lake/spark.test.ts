import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filledDatabase, filledTimeZone } from '../../support/filled.js';
import { type TestDatabase, testPool } from '../../support/postgres.js';
import { pythonWith, sparkJars } from './tools.js';

const python = pythonWith('pyspark') ?? '';
const jars = sparkJars();
const [fromDay, toDay] = ['2026-03-01', '2026-03-14'];
const questions = fileURLToPath(new URL('../../../deploy/spark/', import.meta.url));
const script = fileURLToPath(new URL('./spark.py', import.meta.url));
const decimals = 2;
const outputBytesMax = 64 * 1024 * 1024;

interface Seen {
  readonly counts: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, readonly (readonly unknown[])[]>>;
}

describe.skipIf(python === '' || jars.length === 0)('a lake, read by Spark with the library of Delta', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let root: string;
  let seen: Seen;

  beforeAll(async () => {
    database = await filledDatabase();
    pool = testPool(database.url);
    root = await mkdtemp(join(tmpdir(), 'lake-'));
    const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: database.url,
      GENESYS_WAREHOUSE_TIME_ZONE: filledTimeZone,
    };
    const exported = spawnSync(process.execPath, [main, 'lake', 'export', root], { env, encoding: 'utf8' });
    expect([exported.status, exported.status === 0 ? '' : exported.stderr]).toEqual([0, '']);
    const options = { encoding: 'utf8', maxBuffer: outputBytesMax } as const;
    const { status, stdout, stderr } = spawnSync(python, [script, root, fromDay, toDay, ...jars], options);
    expect([status, status === 0 ? '' : stderr.slice(-2_000)]).toEqual([0, '']);
    seen = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Seen;
  }, 1_200_000);
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  });

  test('has as many rows as Postgres in every table', async () => {
    for (const [path, count] of Object.entries(seen.counts)) {
      const { rows } = await pool.query(`select count(*)::int as count from ${path.replace('/', '.')}`);
      expect([path, count]).toEqual([path, rows[0].count]);
    }
    expect(Object.keys(seen.counts)).toContain('mart/fct_segments');
  });

  test('answers the questions of deploy/spark as Postgres does', async () => {
    const files = (await readdir(questions)).filter((name) => name.endsWith('.sql'));
    expect(files.length).toBeGreaterThanOrEqual(10);
    for (const file of files) {
      const text = await readFile(join(questions, file), 'utf8');
      const statement = text.replaceAll(':from_day', `date '${fromDay}'`).replaceAll(':to_day', `date '${toDay}'`);
      const { rows } = await pool.query({ text: statement, rowMode: 'array', types: { getTypeParser } });
      expect(rows.length).toBeGreaterThan(0);
      expect([file, canonical(seen.answers[file.slice(0, -'.sql'.length)] ?? [])]).toEqual([file, canonical(rows)]);
    }
  });

  test('finds the repeat contacts of mart.fct_repeat_contacts, which is not in the lake', async () => {
    const { rows } = await pool.query({ text: repeatContacts, rowMode: 'array', types: { getTypeParser } });
    expect(rows.some(([, , withinDay]) => withinDay > 0)).toBe(true);
    expect(canonical(seen.answers['repeat-contacts'] ?? [])).toEqual(canonical(rows));
  });
});

const repeatContacts = `
  select day, count(*) as contact_count, count(*) filter (where is_within_1_day) as within_1_day_count,
      count(*) filter (where is_within_7_days) as within_7_days_count
  from mart.fct_repeat_contacts
  where day >= date '${fromDay}' and day < date '${toDay}' and originating_direction = 'inbound' and is_complete
  group by day`;

const numericOid = 1_700;
const bigintOid = 20;
const dateOid = 1_082;

/** Numbers as numbers, dates as texts. */
function getTypeParser(oid: number, format?: unknown) {
  if (oid === numericOid || oid === bigintOid) return Number;
  if (oid === dateOid) return (text: string) => text;
  return pg.types.getTypeParser(oid, format as 'text');
}

function canonical(rows: readonly (readonly unknown[])[]): string[] {
  const rounded = (value: unknown) => (typeof value === 'number' ? Number(value.toFixed(decimals)) : value);
  return rows.map((row) => JSON.stringify(row.map(rounded))).sort();
}
