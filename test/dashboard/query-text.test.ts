import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readQueryFiles } from '../../src/postgres/dashboard/query-files.js';
import { numberedStatement, parseQueryText } from '../../src/postgres/dashboard/query-text.js';

const sample = `-- One row per day.
-- @parameters day: day, queues: uuids?, zone: zone
-- @definitions rpt_queue_days dim_queues
-- @column waiting_count: Contacts that wait.
select now()::date as today, :day - 1 as before
from mart.rpt_queue_days
where (:queues is null or queue_id = any(:queues)) and :day = :day and :zone = 'UTC';
`;

describe('a query file', () => {
  test('says its grain, its parameters and where its columns are defined', () => {
    const query = parseQueryText('sample', sample);
    expect(query.title).toBe('One row per day.');
    expect(query.parameters).toEqual([
      { name: 'day', type: 'day', isOptional: false },
      { name: 'queues', type: 'uuids', isOptional: true },
      { name: 'zone', type: 'zone', isOptional: false },
    ]);
    expect(query.relations).toEqual(['rpt_queue_days', 'dim_queues']);
    expect(query.ownDefinitions.get('waiting_count')).toBe('Contacts that wait.');
  });

  test('becomes a statement of numbered parameters; a cast is none of them', () => {
    const statement = numberedStatement(parseQueryText('sample', sample));
    expect(statement).toContain('now()::date as today, $1::date - 1');
    expect(statement).toContain('($2::uuid[] is null or queue_id = any($2::uuid[])) and $1::date = $1::date');
    expect(statement).toContain("$3::text = 'UTC'");
    expect(statement.endsWith("'UTC'")).toBe(true);
  });

  test('with a name that its header lacks, or a parameter that it does not use, is refused', () => {
    expect(() => parseQueryText('sample', '-- A row.\nselect :day')).toThrow('uses :day');
    expect(() => parseQueryText('sample', '-- A row.\n-- @parameters day: day\nselect 1')).toThrow('does not use it');
    expect(() => parseQueryText('sample', '-- A row.\n-- @parameters day: date\nselect :day')).toThrow('day: date');
  });
});

describe('the query files of the page', () => {
  test('read schema mart only', async () => {
    for (const [name, { text }] of await readQueryFiles()) {
      const others = text.match(/\b(genesys|extract|wrapup|pg_catalog|information_schema|public)\.[a-z_]+/g) ?? [];
      expect({ name, others }).toEqual({ name, others: [] });
    }
  });

  test('state their grain in one sentence and keep to a hundred and twenty columns', async () => {
    for (const [name, { title }] of await readQueryFiles()) {
      expect(title, name).toMatch(/^One row.*\.$/);
      const path = fileURLToPath(new URL(`../../sql/dashboard/${name}.sql`, import.meta.url));
      const code = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => !line.startsWith('--'));
      expect(
        code.filter((line) => line.length > 120),
        name,
      ).toEqual([]);
    }
  });
});
