import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, type LakeSource, lakeSource } from './source.js';
import { differingTables, readTable, tablesIn, versionsOf } from './support.js';

let source: LakeSource;
let pool: pg.Pool;
let root: string;

const exportAgain = async (...args: string[]) => {
  const result = await source.run('lake', 'export', root, ...args);
  expect(result).toMatchObject({ status: 0 });
  return result;
};

beforeAll(async () => {
  source = await lakeSource('2d');
  ({ pool, root } = source);
});
afterAll(() => source?.close());

describe('a first export', () => {
  beforeAll(() => exportAgain());

  test('writes every fact, bridge and dimension with exactly the rows of Postgres', { timeout: 120_000 }, async () => {
    // Persons, and rows that change with conversations of other days, stay out; narrow rows are for the page, facts of agent sessions have them.
    const { rows } = await pool.query<{ relation: string }>(
      `select distinct 'mart/' || relation as relation from mart.ops_dictionary
       where relation ~ '^(fct|dim|bridge)_' and relation not in ('fct_session_codes', 'fct_attributes', 'fct_addresses', 'fct_repeat_contacts') order by 1`,
    );
    expect(await tablesIn(root)).toEqual(rows.map(({ relation }) => relation));
    expect(await differingTables(pool, root)).toEqual([]);
    expect((await readTable(root, 'mart/fct_agent_sessions')).rows.length).toBeGreaterThan(50);
  });

  test('writes ids into facts and names into dimensions, no local times, the organization into every table', async () => {
    const { rows } = await pool.query(`select value from extract.settings where name = 'organization_id'`);
    for (const path of await tablesIn(root)) {
      const { fields, rows: found } = await readTable(root, path);
      const names = fields.map(({ name }) => name);
      expect(names[0]).toBe('organization_id');
      expect(found.every((row) => row.organization_id === rows[0].value)).toBe(true);
      expect(names.filter((name) => name.endsWith('_local'))).toEqual([]);
      if (path.startsWith('mart/fct_')) expect(names).not.toContain('queue_name');
    }
    const queues = await readTable(root, 'mart/dim_queues');
    expect(queues.fields.map(({ name }) => name)).toContain('queue_name');
  });

  test('leaves out personal data', async () => {
    const users = await readTable(root, 'mart/dim_users');
    expect(users.rows.length).toBeGreaterThan(5);
    for (const name of ['user_name', 'email', 'username', 'manager_name'])
      expect(users.fields.map((field) => field.name)).not.toContain(name);
  });

  test('begins each table with the protocol that every reader knows', async () => {
    for (const path of await tablesIn(root)) {
      const first = await readFile(join(root, path, '_delta_log', '00000000000000000000.json'), 'utf8');
      expect(first).toContain('{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}');
    }
  });

  test('is followed by one that commits nothing where nothing changed', async () => {
    const before = await versionsOf(root);
    await exportAgain();
    expect(await versionsOf(root)).toEqual(before);
  });
});

describe('what changes in Postgres', () => {
  test('costs a commit only in the tables that it concerns', async () => {
    const before = await versionsOf(root);
    // Campaigns show the name of their queue.
    await pool.query(`update genesys.queues set name = name || ' (new)' where valid_to is null`);
    await exportAgain();
    const after = await versionsOf(root);
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed).toEqual(['mart/dim_campaigns', 'mart/dim_queues', 'mart/dim_queues_history']);
  });

  test('is written for one day only where one conversation changed', async () => {
    const before = await readTable(root, 'mart/fct_wrapups');
    const { rows } = await pool.query(
      `select conversation_id as id, conversation_started_at as start, participant_no as participant, session_no as session, user_id, session_id
       from mart.fct_agent_sessions where is_handled and not is_coded limit 1`,
    );
    const [one] = rows;
    await pool.query(
      `insert into wrapup.assignments (conversation_start, conversation_id, participant_no, session_no, started_at, session_id, user_id, media_type,
           rule, rule_version, source, wrapup_code, wrapup_name, cause, actor, proposed_at)
       values ($1, $2, $3, $4, $1, $5, $6, 'voice', 'test', '1', 'rule', 'code', 'Code', 'unexplained', 'test', $7)`,
      [one.start, one.id, one.participant, one.session, one.session_id, one.user_id, at],
    );
    await exportAgain();
    expect(await differingTables(pool, root)).toEqual([]);
    const sessions = await readTable(root, 'mart/fct_agent_sessions');
    expect(sessions.rows.find((row) => row.conversation_id === one.id)?.effective_wrapup_code).toBe('code');
    const after = await readTable(root, 'mart/fct_wrapups');
    expect(after.files.filter((file) => !before.files.includes(file)).length).toBeLessThan(2);
  });

  test('of a queue that asks for codes in another way is written for the sessions of that queue', async () => {
    const { rows } = await pool.query(
      `select queue_id as id from mart.fct_agent_sessions where wrapup_cause = 'unexplained' group by 1 order by count(*) desc limit 1`,
    );
    await pool.query(`update genesys.queues set acw_wrapup_prompt = 'OPTIONAL' where queue_id = $1`, [rows[0].id]);
    await exportAgain();
    expect(await differingTables(pool, root)).toEqual([]);
  });
});

describe('lake export', () => {
  test('names what cannot be exported, with exit status 2', async () => {
    const result = await source.run('lake', 'export', join(root, 'x'), '--relation', 'rpt_nothing');
    expect(result.status).toBe(2);
    expect(result.output).toContain('There is no table rpt_nothing for a lake.');
  });
});
