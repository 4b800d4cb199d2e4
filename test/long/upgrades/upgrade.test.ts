import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../../src/postgres/migrate.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import { differencesFromTruth, environmentFor, missingConversations, runCommand } from '../../support/program.js';
import { restoreVersion, schemaLines, storedVersions, tableColumns, tableDigests } from './stored-database.js';
import { storedAt, storedSandbox, storedStart } from './stored-world.js';

/** Bookkeeping that an upgrade is there to change. */
const changing = ['extract.settings', 'extract.schema_migrations', 'extract.schema_migrations_lock'];
/** Differ by when they were asked for, or belong to a history that only the older database has. */
const ownHistory = ['extract', 'queue_observations'];
const later = new Date(storedAt[1].getTime() + 3_600_000);

const wanting = (tables: Map<string, readonly string[]>) =>
  new Map([...tables].filter(([name]) => !changing.includes(name.replaceAll('"', ''))));

async function records(pool: pg.Pool): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ id: string; record: string }>(
    'select conversation_id as id, genesys.conversation_json(conversation_id)::text as record from genesys.conversations',
  );
  return Object.fromEntries(rows.map((row) => [row.id, row.record]));
}

describe.each(storedVersions)('a database of version %s', (version) => {
  let sandbox: Sandbox;
  let database: TestDatabase;
  let fresh: TestDatabase;
  let pool: pg.Pool;
  let freshPool: pg.Pool;
  let tables: Map<string, readonly string[]>;
  let before: { readonly digests: Record<string, string>; readonly records: Record<string, string> };

  beforeAll(async () => {
    sandbox = await startSandbox({ ...storedSandbox, clock: { kind: 'fixed', at: storedAt[1] } });
    [database, fresh] = [await restoreVersion(version), await migratedDatabase()];
    [pool, freshPool] = [testPool(database.url), testPool(fresh.url)];
    tables = wanting(await tableColumns(pool));
    before = { digests: await tableDigests(pool, tables), records: await records(pool) };
    await migrate(pool, { timeZone: 'UTC' });
  });
  afterAll(async () => {
    await Promise.all([pool?.end(), freshPool?.end()]);
    await Promise.all([database?.drop(), fresh?.drop()]);
    await sandbox?.close();
  });

  test('is populated: conversations, surveys, statuses, aggregates, the directory, dead letters', async () => {
    expect(Object.keys(before.records).length).toBeGreaterThan(100);
    for (const name of [
      'surveys',
      'evaluations',
      'user_presences',
      'queue_aggregates',
      'queues',
      'participant_attributes',
    ])
      expect(before.digests[`genesys.${name}`]).not.toMatch(/^0 /);
    expect(before.digests['"extract".dead_letters'] ?? before.digests['extract.dead_letters']).not.toMatch(/^0 /);
  });

  test('keeps every row and every record through the migrations', async () => {
    expect(await tableDigests(pool, tables)).toEqual(before.digests);
    expect(await records(pool)).toEqual(before.records);
  });

  test('has the tables, keys, views, comments and grants of a new database, so that the contract holds for it too', async () => {
    expect(await schemaLines(pool)).toEqual(await schemaLines(freshPool));
  });

  test('answers with every mart', async () => {
    const { rows } = await pool.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relnamespace = 'mart'::regnamespace and relkind = 'v'`,
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const { name } of rows) await pool.query(`select * from ${name} limit 5`);
    const counted = await pool.query('select count(*)::int as count from mart.fct_conversations');
    expect(counted.rows[0].count).toBe(Object.keys(before.records).length);
  });

  test('stays usable: the next sync reaches the truth', { timeout: 120_000 }, async () => {
    sandbox.setNow(later);
    const environment = {
      ...environmentFor(sandbox, database.url),
      GENESYS_WAREHOUSE_START: storedStart.toISOString(),
    };
    expect(await runCommand(['sync'], sandbox, environment)).toEqual({ status: 0, output: expect.any(String) });
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
    expect(await missingConversations(pool, sandbox, storedStart, new Date(later.getTime() - 30 * 60_000))).toEqual([]);
  });

  test('equals a new database that has pulled the same, derived tables included', { timeout: 300_000 }, async () => {
    // The version before has listed the directory in this period, without what this version asks for beside it.
    await pool.query(`update extract.slices set due_at = slice_from where stream = 'directory'`);
    for (const each of [fresh, database]) {
      const environment = { ...environmentFor(sandbox, each.url), GENESYS_WAREHOUSE_START: storedStart.toISOString() };
      const range = ['--from', storedStart.toISOString(), '--to', later.toISOString()];
      expect(await runCommand(['sync'], sandbox, environment)).toEqual({ status: 0, output: expect.any(String) });
      expect(await runCommand(['backfill', ...range, '--force'], sandbox, environment)).toEqual({
        status: 0,
        output: expect.any(String),
      });
    }
    const facts = comparable(await tableColumns(freshPool));
    expect(facts.size).toBeGreaterThan(20);
    // The older database has pulled longer: data newer than that of a details job is not a difference of the upgrade.
    const ids = await sameRows(
      'select conversation_id::text as key, content_hash::text as value from extract.stored_conversations',
    );
    expect(ids.length).toBeGreaterThan(0.9 * Object.keys(before.records).length);
    // A user who is known to have been deleted is asked for no more.
    const users = await sameRows(
      `select user_id::text as key, md5(string_agg(concat_ws(' ', interval_start, metric, qualifier, sum, count), ',' order by interval_start, metric, qualifier)) as value from genesys.user_aggregates group by 1`,
    );
    expect(users.length).toBeGreaterThan(4);
    const ofUsers = [
      'genesys.user_aggregates',
      'genesys.agent_status_day_sums',
      'genesys.agent_interval_sums',
      'genesys.presence_day_sums',
      'genesys.users',
    ];
    for (const [column, keys, names] of [
      ['conversation_id', ids, having(facts, 'conversation_id')],
      ['user_id', users, ofUsers],
    ] as const) {
      const some = new Map(names.map((name) => [name, facts.get(name) ?? []]));
      for (const name of names) facts.delete(name);
      const where = `${column} = any($1::uuid[])`;
      expect(await tableDigests(pool, some, where, [keys])).toEqual(await tableDigests(freshPool, some, where, [keys]));
    }
    expect(await tableDigests(pool, facts)).toEqual(await tableDigests(freshPool, facts));
    const { rows } = await pool.query(
      `select conversation_id from genesys.session_facts join genesys.conversations using (conversation_id)
       where session_facts.division_ids is distinct from conversations.division_ids and session_facts.division_ids is not null`,
    );
    expect(rows).toEqual([]);
  });

  /** Keys with the same value in both databases. */
  async function sameRows(text: string): Promise<string[]> {
    const [here, there] = await Promise.all([pool, freshPool].map((each) => each.query(text)));
    const known = new Map(there?.rows.map((row) => [row.key, row.value]));
    return (here?.rows ?? []).filter((row) => known.get(row.key) === row.value).map((row) => row.key);
  }
});

test('a database of version 0.1.0 stops with a sentence that names the view of a user that depends on what becomes a table', async () => {
  const theirs = await restoreVersion('0.1.0');
  const theirPool = testPool(theirs.url, 2);
  try {
    await theirPool.query('create view public.my_days as select day from mart.dim_dates');
    await expect(migrate(theirPool, { timeZone: 'UTC' })).rejects.toThrow(
      /Migration \d+_\w+ failed because .*view public\.my_days depends on view mart\.dim_dates.*\. Drop that, run migrate and create it again\./,
    );
    await theirPool.query('drop view public.my_days');
    await migrate(theirPool, { timeZone: 'UTC' });
  } finally {
    await theirPool.end();
    await theirs.drop();
  }
});

const having = (tables: Map<string, readonly string[]>, column: string): string[] =>
  [...tables].filter(([, columns]) => columns.includes(column)).map(([name]) => name);

/** Tables of sessions with a copy of their record's divisions, which rows of older versions lack: they are looked up. */
const copiesDivisions = new Set(['genesys.session_facts', 'genesys.handling_facts', 'genesys.leg_skill_facts']);

/** Facts, without the columns that say when they were asked for. */
function comparable(tables: Map<string, readonly string[]>): Map<string, readonly string[]> {
  const timing = ['as_of', 'valid_from', 'valid_to', 'deleted_at', 'content_hash'];
  const facts = [...tables].filter(([name]) => !ownHistory.some((part) => name.includes(part)));
  const isLeftOut = (name: string, column: string) =>
    timing.includes(column) || (copiesDivisions.has(name) && column === 'division_ids');
  return new Map(facts.map(([name, columns]) => [name, columns.filter((column) => !isLeftOut(name, column))]));
}
