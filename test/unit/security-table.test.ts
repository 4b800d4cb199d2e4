import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const document = readFileSync(new URL('docs/security.md', root), 'utf8');
const section = /\n## Promises and tests\n(.*?)\n## /s.exec(document)?.[1] ?? '';
const rows = section
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| no. |'))
  .map((line) => line.split('|').map((cell) => cell.trim()));
/** Numbers of the attacks that were tried; the last one cannot be closed and is listed among the bounds. */
const attacks = Array.from({ length: 32 }, (_, index) => `S${index + 1}`);

test('every promise of docs/security.md names a test that there is', () => {
  expect(rows.length).toBeGreaterThan(25);
  for (const [, , promise, tests] of rows) {
    const files = [...(tests ?? '').matchAll(/`([^`]+)`/g)].map(([, file]) => String(file));
    expect([promise, files.length > 0]).toEqual([promise, true]);
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  }
});

test('every attack that was tried has its row: a promise with a test, or a bound', () => {
  const promised: string[] = rows.flatMap(([, numbers]) => numbers?.match(/S\d+/g) ?? []);
  const bounds = document.slice(
    document.indexOf('What cannot be prevented'),
    document.indexOf('## Promises and tests'),
  );
  const bounded: string[] = bounds.match(/\bS\d+/g) ?? [];
  expect(attacks.filter((attack) => !promised.includes(attack) && !bounded.includes(attack))).toEqual([]);
});
