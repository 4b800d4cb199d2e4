import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { migrate } from '../../src/postgres/migrate.js';
import { filledDatabase, filledTimeZone } from '../support/filled.js';
import { type TestDatabase, testPool } from '../support/postgres.js';

/** Roles belong to the whole server: those of a test carry its database's name. */
let role: (name: string) => string;
let database: TestDatabase;
let owner: pg.Pool;
let division: { readonly id: string; readonly name: string };
let conversations: readonly string[];
let queues: readonly string[];
let users: readonly string[];

const one = async (text: string, values: unknown[] = []) => (await owner.query(text, values)).rows[0];
const idsOf = async (text: string): Promise<string[]> =>
  (await owner.query<{ id: string }>(text, [division.id])).rows.map(({ id }) => id);

/** A session that has logged in as the role, not one of the owner that has taken it. */
async function login(name: string): Promise<pg.Client> {
  const url = new URL(database.url);
  url.username = role(name);
  url.password = 'secret';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return client;
}

async function asked<Row extends pg.QueryResultRow>(name: string, text: string): Promise<Row[]> {
  const client = await login(name);
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

async function access(...args: string[]): Promise<{ status: number; output: string }> {
  const lines: string[] = [];
  const status = await runProgram(['access', ...args], {
    directory: '/nowhere',
    now: () => new Date(),
    signal: new AbortController().signal,
    print: (text) => lines.push(text),
    isTerminal: false,
    environment: { DATABASE_URL: database.url, GENESYS_WAREHOUSE_TIME_ZONE: filledTimeZone },
    writeLog: (line) => lines.push(line),
  });
  return { status, output: lines.join('\n') };
}

beforeAll(async () => {
  database = await filledDatabase();
  owner = testPool(database.url);
  role = (name) => `${database.name}_${name}`;
  for (const name of ['supervisor', 'analyst', 'member', 'outsider']) {
    await owner.query(`create role ${role(name)} login password 'secret'`);
  }
  await owner.query(`create role ${role('team')} nologin`);
  await owner.query(`grant genesys_reader to ${role('analyst')}, ${role('member')}`);
  await owner.query(`grant genesys_personal to ${role('supervisor')}`);
  // Whether it inherits or not: who is a member is limited.
  await owner.query(`alter role ${role('member')} noinherit; grant ${role('team')} to ${role('member')}`);
  await owner.query(
    `grant select on all tables in schema mart to ${role('member')}; grant usage on schema mart to ${role('member')}`,
  );
  await owner.query(`create schema lab; grant all on schema lab to ${role('supervisor')}, ${role('analyst')}`);
  const rows = await owner.query<{ id: string; name: string }>(
    `select division_id as id, name from genesys.divisions where valid_to is null and not is_home_division order by name`,
  );
  division = rows.rows[0] as typeof division;
  conversations = await idsOf('select conversation_id as id from genesys.conversations where $1 = any(division_ids)');
  queues = await idsOf('select queue_id as id from genesys.queues where valid_to is null and division_id = $1');
  users = await idsOf('select user_id as id from genesys.users where valid_to is null and division_id = $1');
  expect(await access('grant', role('supervisor'), division.name)).toMatchObject({ status: 0 });
  expect(await access('grant', role('team'), division.id)).toMatchObject({ status: 0 });
}, 240_000);

afterAll(async () => {
  await owner?.query(`drop schema lab cascade`);
  for (const name of ['supervisor', 'analyst', 'member', 'outsider', 'team']) {
    await owner?.query(`drop owned by ${role(name)}; drop role ${role(name)}`);
  }
  await owner?.end();
  await database?.drop();
});

test('the division has some conversations, queues and agents, and not all of them', async () => {
  const all = await one(`select (select count(*)::int from genesys.conversations) as conversations,
      (select count(*)::int from mart.dim_queues) as queues, (select count(*)::int from mart.dim_users) as users`);
  for (const [some, every] of [
    [conversations.length, all.conversations],
    [queues.length, all.queues],
    [users.length, all.users],
  ]) {
    expect(some).toBeGreaterThan(1);
    expect(some).toBeLessThan(every);
  }
});

describe('a role with division access', () => {
  test('sees in every relation exactly the rows of its conversations, queues and agents', {
    timeout: 120_000,
  }, async () => {
    const { rows: relations } = await owner.query<{ name: string; columns: string[] }>(
      `select c.relname as name, array_agg(a.attname::text) as columns
       from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
       where c.relnamespace = 'mart'::regnamespace and c.relkind = 'v' group by 1 order by 1`,
    );
    const wrong: string[] = [];
    let limited = 0;
    for (const { name, columns } of relations) {
      const condition = expectedCondition(name, columns);
      if (condition === undefined) continue;
      limited += 1;
      const seen = await asked<{ count: string }>('supervisor', `select count(*) from mart.${name}`);
      const due = await one(`select count(*) from mart.${name} where ${condition}`);
      if (Number(seen[0]?.count) !== Number(due.count))
        wrong.push(`${name}: ${seen[0]?.count} instead of ${due.count}`);
    }
    expect(wrong).toEqual([]);
    expect(limited).toBeGreaterThan(30);
  });

  /** Worked out from the base tables, not from the views' own check. */
  function expectedCondition(name: string, columns: readonly string[]): string | undefined {
    const among = (column: string, ids: readonly string[]) =>
      columns.includes(column) ? [`${column} = any('{${ids.join(',')}}')`] : [];
    const byConversation = among('conversation_id', conversations);
    if (byConversation.length > 0) return byConversation[0];
    const byWork = [...among('queue_id', queues), ...among('last_queue_id', queues), ...among('user_id', users)];
    if (byWork.length > 0 && name !== 'dim_campaigns') return byWork.join(' or ');
    if (columns.includes('division_id')) return `coalesce(division_id, '*') in ('*', '${division.id}')`;
    return undefined;
  }

  test('sees no more when it takes the role through which it reads', async () => {
    const client = await login('supervisor');
    await client.query('set role genesys_reader');
    const { rows } = await client.query('select count(*)::int as count from mart.fct_conversations');
    await client.end();
    expect(rows).toEqual([{ count: conversations.length }]);
  });

  test('sees no more as a member that does not inherit', async () => {
    const rows = await asked('member', 'select count(*)::int as count from mart.fct_conversations');
    expect(rows).toEqual([{ count: conversations.length }]);
  });

  test('sees no more through a view or a function of somebody who sees all', async () => {
    const analyst = await login('analyst');
    await analyst.query('create view lab.everything as select conversation_id from mart.fct_conversations');
    await analyst.query(
      `create function lab.total() returns bigint language sql security definer as 'select count(*) from mart.fct_conversations'`,
    );
    await analyst.query(`grant select on lab.everything to ${role('supervisor')}`);
    await analyst.end();
    const [row] = await asked(
      'supervisor',
      'select (select count(*)::int from lab.everything) as viewed, lab.total()::int as called',
    );
    expect(row).toEqual({ viewed: conversations.length, called: conversations.length });
  });

  test('sees no more by a plan that was made for a role that sees all', async () => {
    const client = await owner.connect();
    try {
      await client.query(`set role ${role('analyst')}; set plan_cache_mode = force_generic_plan`);
      await client.query('prepare everything as select count(*)::int as count from mart.fct_conversations');
      const [all] = (await client.query('execute everything')).rows;
      await client.query(`set role ${role('supervisor')}`);
      const [some] = (await client.query('execute everything')).rows;
      expect(all.count).toBeGreaterThan(some.count);
      expect(some.count).toBe(conversations.length);
    } finally {
      client.release(true);
    }
  });

  test('does not learn of others by its own function that raises what it is given', async () => {
    const client = await login('supervisor');
    const notices: string[] = [];
    client.on('notice', (notice) => notices.push(notice.message ?? ''));
    await client.query(
      `create function lab.peek(text) returns boolean language plpgsql cost 0.000001
       as $$ begin raise notice '%', $1; return true; end $$`,
    );
    for (const [relation, column] of [
      ['fct_conversations', 'conversation_id'],
      ['fct_agent_sessions', 'conversation_id'],
      ['dim_queues', 'queue_id'],
      ['rpt_queue_days', 'queue_id'],
    ]) {
      await client.query(`select count(*) from mart.${relation} where lab.peek(${column}::text)`);
    }
    await client.end();
    expect(notices.length).toBeGreaterThan(conversations.length);
    const visible = new Set([...conversations, ...queues]);
    expect(notices.filter((id) => !visible.has(id))).toEqual([]);
  });

  test('does not learn of others by an operator whose selectivity is estimated from statistics', async () => {
    await owner.query('analyze genesys.queues');
    const client = await login('supervisor');
    const notices: string[] = [];
    client.on('notice', (notice) => notices.push(notice.message ?? ''));
    await client.query(
      `create function lab.same(text, text) returns boolean language plpgsql
       as $$ begin raise notice '%', $1; return true; end $$`,
    );
    await client.query(
      'create operator lab.=== (leftarg = text, rightarg = text, function = lab.same, restrict = eqsel)',
    );
    await client.query(`explain select from mart.dim_queues where queue_name operator(lab.===) 'x'`);
    await client.query(`select from mart.dim_queues where queue_name operator(lab.===) 'x'`);
    await client.end();
    const names = await owner.query<{ name: string }>('select name from genesys.queues where queue_id = any($1)', [
      queues,
    ]);
    expect(new Set(notices)).toEqual(new Set(names.rows.map(({ name }) => name)));
  });

  test('does not learn of others by an error that a condition raises', async () => {
    const hidden = await one(
      `select conversation_id as id from genesys.conversations where not coalesce($1 = any(division_ids), false) limit 1`,
      [division.id],
    );
    const probe = `select count(*)::int as count from mart.fct_conversations
      where case when conversation_id = '${hidden.id}' then 1 / (case when conversation_id is null then 1 else 0 end) = 1 else true end`;
    expect(await asked('supervisor', probe)).toEqual([{ count: conversations.length }]);
    await expect(asked('analyst', probe)).rejects.toMatchObject({ code: '22012' });
  });

  test('does not learn of others by joining what it sees with what it does not', async () => {
    const [row] = await asked(
      'supervisor',
      `select count(distinct queues.queue_id)::int as queues, count(distinct members.user_id)::int as users
       from mart.bridge_queue_members as members
       full join mart.dim_queues as queues on queues.queue_id = members.queue_id
       where queues.queue_id is not null`,
    );
    expect(row?.queues).toBe(queues.length);
    const [hidden] = await asked(
      'supervisor',
      `select count(*)::int as count from mart.fct_queue_intervals as facts
       left join mart.dim_queues as queues on queues.queue_id = facts.queue_id where queues.queue_id is null`,
    );
    expect(hidden).toEqual({ count: 0 });
  });

  test.each([
    'select * from extract.division_access',
    'select genesys.visible_divisions(current_user, session_user)',
    `select genesys.visits_divisions(gen_random_uuid(), '{}')`,
    'select * from genesys.conversations',
    `set session authorization 'postgres'`,
  ])('may not: %s', async (text) => {
    await expect(asked('supervisor', text)).rejects.toMatchObject({ code: '42501' });
  });

  test('keeps its access, and sees the same, after migrate has rebuilt the views', async () => {
    await owner.query(`update extract.settings set value = 'other' where name = 'views_digest'`);
    await migrate(owner, { timeZone: filledTimeZone });
    const rows = await asked('supervisor', 'select count(*)::int as count from mart.fct_conversations');
    expect(rows).toEqual([{ count: conversations.length }]);
  });
});

test('a role without division access, and the owner, see everything', async () => {
  const all = await one('select count(*)::int as count from genesys.conversations');
  expect(await asked('analyst', 'select count(*)::int as count from mart.fct_conversations')).toEqual([all]);
  expect(await one('select count(*)::int as count from mart.fct_conversations')).toEqual(all);
});

describe('the command access', () => {
  test('lists who may see what, and marks roles that are gone', async () => {
    await owner.query(`insert into extract.division_access (role_name, division_id) values ('nobody_any_more', $1)`, [
      division.id,
    ]);
    const { output } = await access('list');
    await owner.query(`delete from extract.division_access where role_name = 'nobody_any_more'`);
    expect(output).toMatch(new RegExp(`${role('supervisor')} +${division.name} +${division.id} .* active`));
    expect(output).toMatch(/nobody_any_more .* no such role/);
  });

  test.each([
    [['grant', 'no_such_role', 'Home'], /Role .*no_such_role.* does not exist/],
    [['grant', 'genesys_reader', 'Atlantis'], /Division .*Atlantis.* is not known\. There are .*Home/],
  ])('refuses with one sentence: %j', async (args, sentence) => {
    const { status, output } = await access(...args);
    expect(status).toBe(2);
    expect(output).toMatch(sentence);
  });

  test('says that a role can read nothing yet, and that a role without divisions sees all again', async () => {
    expect((await access('grant', role('outsider'), division.name)).output).toMatch(
      /cannot read anything yet; run: grant genesys_reader/,
    );
    expect((await access('revoke', role('outsider'), division.name)).output).toMatch(
      /has no division left and sees all/,
    );
    expect((await access('list')).output).not.toMatch(role('outsider'));
  });
});
