import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Marts, openMarts } from './support.js';

const page = readFileSync(new URL('../../docs/screens.md', import.meta.url), 'utf8');
const named = [...page.matchAll(/`((?:fct|rpt|dim|bridge|ops)_\w+\.\w+)`/g)].map(([, name = '']) => name);

let marts: Marts;

beforeAll(async () => {
  marts = await openMarts();
});
afterAll(() => marts?.close());

test("the page of Genesys' screens names more than a hundred columns", () => {
  expect(new Set(named).size).toBeGreaterThan(100);
});

test("every column that the page of Genesys' screens names is in schema mart", async () => {
  const rows = await marts.rows(
    `select relations.relname || '.' || columns.attname as name
     from pg_attribute as columns
     join pg_class as relations on relations.oid = columns.attrelid
     where relations.relnamespace = 'mart'::regnamespace and columns.attnum > 0`,
  );
  const present = new Set(rows.map(({ name }) => name));
  expect(named.filter((name) => !present.has(name))).toEqual([]);
});
