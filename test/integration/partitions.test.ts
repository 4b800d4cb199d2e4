import { afterAll, beforeAll, expect, test } from 'vitest';
import { conversationTables } from '../../src/conversation/tables.js';
import { ensurePartitions, startFault } from '../../src/postgres/schema/partitions.js';
import { LoadDatabase, now } from './load-database.js';

let db: LoadDatabase;
beforeAll(async () => {
  db = await LoadDatabase.create();
});
afterAll(async () => {
  await db?.drop();
});

async function partitionsOf(table: string): Promise<Record<string, string>> {
  const rows = await db.query<{ name: string; bounds: string }>(
    `select child.relname as name, pg_get_expr(child.relpartbound, child.oid) as bounds
    from pg_inherits inner join pg_class as child on child.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = $1::regclass order by child.relname`,
    [`genesys.${table}`],
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.bounds]));
}

test('months of the given starts and the one behind the latest get partitions in every conversation table, others none', async () => {
  const starts = [Date.UTC(2024, 1, 29, 23), Date.UTC(2025, 11, 31, 23, 59)];
  await ensurePartitions(db.pool, starts, new Set(), now);
  for (const { name } of conversationTables) {
    expect(await partitionsOf(name)).toEqual({
      [`${name}_y2024m02`]: "FOR VALUES FROM ('2024-02-01 00:00:00+00') TO ('2024-03-01 00:00:00+00')",
      [`${name}_y2025m12`]: "FOR VALUES FROM ('2025-12-01 00:00:00+00') TO ('2026-01-01 00:00:00+00')",
      [`${name}_y2026m01`]: "FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-02-01 00:00:00+00')",
    });
  }
});

test('many that need the same partitions at once all get them', async () => {
  const starts = [Date.UTC(2026, 5, 1)];
  await Promise.all(Array.from({ length: 8 }, () => ensurePartitions(db.pool, starts, new Set(), now)));
  expect(Object.keys(await partitionsOf('segments'))).toContain('segments_y2026m06');
});

test('partitions can be made while a load is under way', async () => {
  const client = await db.pool.connect();
  try {
    await ensurePartitions(db.pool, [Date.UTC(2026, 7, 1)], new Set(), now);
    await client.query('begin');
    await client.query(`
      insert into genesys.conversations (conversation_start, conversation_id, as_of)
      values ('2026-08-01', gen_random_uuid(), now())`);
    await ensurePartitions(db.pool, [Date.UTC(2026, 9, 1)], new Set(), now);
    await client.query('commit');
  } finally {
    client.release();
  }
  expect(Object.keys(await partitionsOf('sessions'))).toContain('sessions_y2026m10');
});

test('a start before 2010 or more than a year ahead is refused, for it would make partitions without end', async () => {
  expect(startFault(Date.UTC(2010, 0, 1), now)).toBeUndefined();
  expect(startFault(now.getTime() + 365 * 86_400_000, now)).toBeUndefined();
  for (const start of [Date.UTC(2010, 0, 1) - 1, Date.UTC(2028, 0, 1)]) {
    expect(startFault(start, now)).toBe(
      `conversationStart is ${new Date(start).toISOString()}, before 2010 or more than a year ahead.`,
    );
    await expect(ensurePartitions(db.pool, [start], new Set(), now)).rejects.toThrow(RangeError);
  }
});

test('a role that may create partitions can neither create invalid months nor take the name of a future month', async () => {
  for (const month of ['2026-09-01 BC', '2009-12-01', '2190-01-01'])
    await expect(db.query('select genesys.create_month($1, $2)', ['conversations', month])).rejects.toMatchObject({
      code: '22023',
    });
  await db.query('create table genesys.conversations_y2026m12 (like genesys.conversations)');
  await expect(db.query('select genesys.create_month($1, $2)', ['conversations', '2026-12-01'])).rejects.toMatchObject({
    code: '42P07',
  });
  await db.query('drop table genesys.conversations_y2026m12');
});
