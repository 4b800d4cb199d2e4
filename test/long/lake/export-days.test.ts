import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, type LakeSource, lakeSource } from '../../lake/source.js';
import { differingTables, readTable, tablesIn } from '../../lake/support.js';

const day = 86_400_000;

let source: LakeSource;
let pool: pg.Pool;
let root: string;

const exportAgain = async (...args: string[]) => {
  const result = await source.run('lake', 'export', root, ...args);
  expect(result).toMatchObject({ status: 0 });
  return result;
};

beforeAll(async () => {
  source = await lakeSource('2d');
  ({ pool, root } = source);
});
afterAll(() => source?.close());

describe('what changes in Postgres', () => {
  test('reaches the lake with the next export: days that passed, restatements, statuses, the directory', {
    timeout: 120_000,
  }, async () => {
    await exportAgain();
    source.sandbox.setNow(new Date(at.getTime() + 2 * day));
    expect(await source.run('sync')).toMatchObject({ status: 0 });
    expect(await differingTables(pool, root)).not.toEqual([]);
    await exportAgain();
    expect(await differingTables(pool, root)).toEqual([]);
  });
});

describe('lake export', () => {
  test('writes tables of schema genesys and personal data on request', {
    timeout: 120_000,
  }, async () => {
    const other = await mkdtemp(join(tmpdir(), 'lake-'));
    const result = await source.run('lake', 'export', other, '--raw', '--personal');
    expect(result).toMatchObject({ status: 0 });
    expect(await differingTables(pool, other)).toEqual([]);
    expect(await tablesIn(other)).toEqual(
      expect.arrayContaining(['genesys/participant_attributes', 'mart/fct_addresses']),
    );
    const users = await readTable(other, 'mart/dim_users');
    expect(users.rows.every((row) => row.user_name !== null)).toBe(true);
    await rm(other, { recursive: true });
  });
});
