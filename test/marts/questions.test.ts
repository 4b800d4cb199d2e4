import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Marts, openMarts } from './support.js';

const pageOf = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const rows = pageOf('questions.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| question'))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const relation = /`((?:fct|rpt|dim|bridge|ops)_\w+(?:\.\w+)?)`/g;

let marts: Marts;

beforeAll(async () => {
  marts = await openMarts();
});
afterAll(() => marts?.close());

test('the page of questions answers more than sixty, each with a relation or the way to it', () => {
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter(([, , where = '']) => where === '')).toEqual([]);
});

test('every relation and column that the page of questions names is in schema mart', async () => {
  const found = await marts.rows(
    `select relations.relname as relation, relations.relname || '.' || columns.attname as name
     from pg_attribute as columns join pg_class as relations on relations.oid = columns.attrelid
     where relations.relnamespace = 'mart'::regnamespace and columns.attnum > 0`,
  );
  const present = new Set(found.flatMap((row) => [row.relation, row.name]));
  const named = rows.flatMap(([, , where = '']) => [...where.matchAll(relation)].map(([, name = '']) => name));
  expect(named.length).toBeGreaterThan(70);
  expect(named.filter((name) => !present.has(name))).toEqual([]);
});

test('every statement of the cookbook is the answer to a question of the page, and every number is one of the cookbook', () => {
  const recipes = [...pageOf('cookbook.md').matchAll(/^### (\d+)\./gm)].map(([, number]) => Number(number));
  const cited = new Set(rows.flatMap(([, , , numbers = '']) => numbers.split(', ').filter(Boolean).map(Number)));
  expect([...cited].filter((number) => !recipes.includes(number))).toEqual([]);
  expect(recipes.filter((number) => !cited.has(number))).toEqual([]);
});
