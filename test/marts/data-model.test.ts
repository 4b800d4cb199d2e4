import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Marts, openMarts } from './support.js';

const page = readFileSync(new URL('../../docs/data-model.md', import.meta.url), 'utf8');
/** The page by heading, e.g. `genesys: directory`. */
const chapters = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((chapter) => [chapter.slice(0, chapter.indexOf('\n')), chapter] as const),
);
const chaptersOf = (schema: string) =>
  [...chapters].filter(([title]) => title.split(':')[0] === schema).map(([, text]) => text);
const namesIn = (text: string) => [...text.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name as string);

let marts: Marts;
beforeAll(async () => {
  marts = await openMarts();
});
afterAll(() => marts?.close());

/** Tables of a schema without partitions; in `mart` its views as well. */
async function relationsOf(schema: string): Promise<string[]> {
  const rows = await marts.rows<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = $1::regnamespace and not relispartition and relkind = any($2) order by relname`,
    [schema, schema === 'mart' ? ['r', 'p', 'v'] : ['r', 'p']],
  );
  return rows.map(({ name }) => name);
}

describe('docs/data-model.md', () => {
  test.each(['genesys', 'extract', 'wrapup', 'mart'])('names each relation of schema %s', async (schema) => {
    const named = new Set(chaptersOf(schema).flatMap(namesIn));
    const relations = await relationsOf(schema);
    expect(relations.length).toBeGreaterThan(0);
    expect(relations.filter((name) => !named.has(name))).toEqual([]);
  });

  test('draws only relations and columns that exist', async () => {
    const known = await marts.rows<{ relation: string; column: string }>(
      `select class.relname as relation, attname as column from pg_attribute
       join pg_class as class on class.oid = attrelid
       where relnamespace = any('{genesys,extract,wrapup,mart}'::regnamespace[]) and attnum > 0`,
    );
    const columns = new Set(known.map(({ relation, column }) => `${relation}.${column}`));
    const relations = new Set(known.map(({ relation }) => relation));
    const diagrams = [...page.matchAll(/```mermaid\n([^`]+)```/g)].map(([, text]) => text as string);
    const ends = diagrams.flatMap((text) => [...text.matchAll(/^ {4}(\w+) [|}][|o]--[|o][|{] (\w+) :/gm)]);
    const drawn = diagrams.flatMap((text) =>
      [...text.matchAll(/^ {4}(\w+) \{\n([^}]*)\}/gm)].flatMap(([, relation, body]) =>
        [...(body as string).matchAll(/^ {8}\w+ (\w+)/gm)].map(([, column]) => `${relation}.${column}`),
      ),
    );
    expect(diagrams).toHaveLength(6);
    expect(drawn.filter((column) => !columns.has(column))).toEqual([]);
    expect(ends.length).toBeGreaterThan(40);
    expect(ends.flatMap(([, left, right]) => [left, right]).filter((name) => !relations.has(name as string))).toEqual(
      [],
    );
  });
});
