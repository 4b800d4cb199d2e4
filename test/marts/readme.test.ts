import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Marts, openMarts } from './support.js';

let marts: Marts;

beforeAll(async () => {
  marts = await openMarts();
});
afterAll(() => marts?.close());

const statements = [
  ...readFileSync(new URL('../../README.md', import.meta.url), 'utf8').matchAll(/```sql\n([\s\S]*?)```/g),
]
  .flatMap(([, block = '']) => block.split(';'))
  .map((statement) => statement.replaceAll("'…'", "'00000000-0000-0000-0000-000000000000'").trim())
  .filter((statement) => statement !== '');

test('the README shows statements', () => {
  expect(statements.length).toBeGreaterThanOrEqual(3);
});

test.each(statements)('a statement that the README shows runs unchanged: %s', async (statement) => {
  await expect(marts.rows(`explain ${statement}`)).resolves.not.toEqual([]);
});
