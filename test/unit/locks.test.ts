import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gates, lockNames } from '../../src/postgres/connection/locks.js';

const root = join(import.meta.dirname, '../..');

function filesBelow(folder: string, suffix: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(suffix))
    .map((path) => join(folder, path));
}

const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const code = filesBelow('src', '.ts');
const sql = [...filesBelow('sql', '.sql'), ...filesBelow('migrations', '.sql')];

test('nothing waits for an advisory lock, which any role that may connect can hold', () => {
  const waits = /pg_advisory|pg_try_advisory/i;
  // A connection's sign of life: a random key that nobody waits for.
  expect([...code, ...sql].filter((path) => waits.test(textOf(path)))).toEqual(['src/postgres/connection/session.ts']);
  expect(textOf('src/postgres/connection/session.ts').match(/pg_\w*advisory\w*/g)).toEqual(['pg_try_advisory_lock']);
});

test('every lock has a name of its own and is used', () => {
  expect(new Set(Object.values(lockNames)).size).toBe(Object.values(lockNames).length);
  expect(new Set(Object.values(gates)).size).toBe(Object.values(gates).length);
  const text = code
    .filter((path) => !path.endsWith('/locks.ts'))
    .map(textOf)
    .join('\n');
  const names = [...Object.keys(lockNames), ...Object.keys(gates)];
  expect(
    names.filter((name) => !new RegExp(`(?:Row|Rows|Gate)\\(\\s*client,\\s*'${name}'|gates\\.${name}\\b`).test(text)),
  ).toEqual([]);
});

test('the migrations make a row for every name, and every gate of our own', () => {
  const text = sql.map(textOf).join('\n');
  for (const name of Object.values(lockNames)) expect(text).toContain(`'${name}'`);
  for (const gate of [gates.storing, gates.zone]) expect(text).toContain(`create table ${gate} ();`);
});
