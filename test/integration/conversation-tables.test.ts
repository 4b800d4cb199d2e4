import { afterAll, beforeAll, expect, test } from 'vitest';
import { conversationTables } from '../../src/conversation/tables.js';
import type { ColumnType } from '../../src/values/columns.js';
import { LoadDatabase } from './load-database.js';

let db: LoadDatabase;
beforeAll(async () => {
  db = await LoadDatabase.create();
});
afterAll(async () => {
  await db?.drop();
});

const types: Readonly<Record<ColumnType, string>> = {
  smallint: 'smallint',
  integer: 'integer',
  time: 'timestamp with time zone',
  bigint: 'bigint',
  float: 'double precision',
  uuid: 'uuid',
  boolean: 'boolean',
  text: 'text',
  texts: 'text[]',
  bigints: 'bigint[]',
  json: 'jsonb',
};

test.each(conversationTables)(
  'the table $name has exactly the columns that are encoded, of their types',
  async (table) => {
    const rows = await db.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
      [`genesys.${table.name}`],
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.type]))).toEqual(
      Object.fromEntries(table.columns.map((column) => [column.name, types[column.type]])),
    );
  },
);

test.each(conversationTables)('the key of $name is start, id and positions', async (table) => {
  const rows = await db.query<{ key: string }>(
    `select pg_get_constraintdef(oid) as key from pg_constraint where conrelid = $1::regclass and contype = 'p'`,
    [`genesys.${table.name}`],
  );
  const names = table.columns.slice(0, 2 + table.positionCount).map((column) => column.name);
  expect(rows).toEqual([{ key: `PRIMARY KEY (${names.join(', ')})` }]);
});
