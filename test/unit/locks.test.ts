import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockClasses, lockKeys } from '../../src/postgres/connection/locks.js';

const root = join(import.meta.dirname, '../..');
const registry = 'src/postgres/connection/locks.ts';
const keys: readonly number[] = [...Object.values(lockKeys), ...Object.values(lockClasses)];
const int4Max = 2 ** 31 - 1;

function filesBelow(folder: string, suffix: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(suffix))
    .map((path) => join(folder, path));
}

const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

test('no two advisory locks have the same key', () => {
  expect(keys.length).toBeGreaterThan(8);
  expect(new Set(keys).size).toBe(keys.length);
});

test('every key fits where Postgres takes two of them', () => {
  expect(keys.filter((key) => !Number.isInteger(key) || key < 1 || key > int4Max)).toEqual([]);
});

test('no other file states a key of its own', () => {
  const ownKey = /\b[a-z]*lock(?:key|class)?s?\s*(?::\s*number\s*)?=\s*\d[\d_]*\s*;|_lock\w*\(\s*\d/i;
  const files = [...filesBelow('src', '.ts'), ...filesBelow('sql', '.sql'), ...filesBelow('migrations', '.sql')];
  expect(files.filter((path) => path !== registry && ownKey.test(textOf(path)))).toEqual([]);
  expect(ownKey.test('const zoneLockKey = 7_236_407;')).toBe(true);
  expect(ownKey.test("await client.query('select pg_advisory_xact_lock(7236407)');")).toBe(true);
});

test('every key is used', () => {
  const code = filesBelow('src', '.ts').map(textOf).join('\n');
  const names = [
    ...Object.keys(lockKeys).map((name) => `lockKeys.${name}`),
    ...Object.keys(lockClasses).map((name) => `lockClasses.${name}`),
  ];
  expect(names.filter((name) => !code.includes(name))).toEqual([]);
});
