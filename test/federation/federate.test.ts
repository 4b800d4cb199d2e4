import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publishMart } from '../../src/postgres/federation/published.js';
import { filledDatabase } from '../support/filled.js';
import { createDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import {
  type Column,
  columnsOf,
  createReader,
  makeOlder,
  onDatabase,
  otherFilledDatabase,
  planOf,
  runOn,
} from './support.js';

/** Two warehouses in different zones, one of them a version behind, read by logins that may only read. */
const hex = randomBytes(4).toString('hex');
const password = `member-password-${hex}`;
const logins = { emea: `fed_emea_${hex}`, apac: `fed_apac_${hex}` };
const databases: TestDatabase[] = [];
let emea: TestDatabase;
let apac: TestDatabase;
let federated: TestDatabase;
let members: Record<'emea' | 'apac', string>;
let pool: pg.Pool;
let firstRun: { status: number; output: string };

beforeAll(async () => {
  [emea, apac, federated] = [await filledDatabase(), await otherFilledDatabase(), await createDatabase()];
  databases.push(emea, apac, federated);
  await makeOlder(apac.url);
  members = {
    emea: await createReader(emea.url, logins.emea, password),
    apac: await createReader(apac.url, logins.apac, password),
  };
  firstRun = await runOn(federated.url, ['federate', '--member', `emea=${members.emea}`, `apac=${members.apac}`]);
  pool = testPool(federated.url);
}, 300_000);
afterAll(async () => {
  await pool?.end();
  for (const database of databases) await database.drop();
  await onDatabase(new URL('/postgres', federated.url).href, (client) =>
    client.query(`drop role if exists ${logins.emea}, ${logins.apac}`),
  );
});

describe('federate', () => {
  test('takes members that are read by logins of genesys_reader, and says who they are', () => {
    expect(firstRun.status, firstRun.output).toBe(0);
    expect(firstRun.output).toMatch(/apac .*America\/New_York.*000017_[a-z_]+ .*answers .*dim_divisions\.description/);
    expect(firstRun.output).toMatch(/emea .*Europe\/Berlin.*answers/);
    expect(firstRun.output).not.toContain(password);
  });

  test('has the relations of the newest member, with their comments, each beginning with the organisation', async () => {
    const found = await columnsOf(federated.url);
    const wanted = await columnsOf(emea.url);
    const named = ({ relation, name }: Column) => `${relation}.${name}`;
    const organization = ['organization_id', 'organization_name'];
    for (const relation of new Set(found.map((column) => column.relation))) {
      const columns = found.filter((column) => column.relation === relation);
      expect(
        columns.slice(0, 2).map(({ name }) => name),
        relation,
      ).toEqual(organization);
      expect(
        columns.every(({ comment }) => (comment ?? '') !== ''),
        relation,
      ).toBe(true);
    }
    const of = (columns: readonly Column[]) =>
      columns
        .filter(({ relation, name }) => relation !== 'ops_members' && !organization.includes(name))
        .map((column) => [named(column), column.type, column.comment, column.relation_comment]);
    expect(of(found)).toEqual(of(wanted));
  });

  test('has one row a key of what is the same for all, so that joins by the key double nothing', async () => {
    const { rows: days } = await pool.query(
      'select count(*)::int as count, count(distinct day)::int as days from mart.dim_dates',
    );
    expect(days[0].count).toBe(days[0].days);
    const statement = `select sum(facts.offered_count)::int as total from mart.fct_queue_intervals as facts
      join mart.dim_dates as days on days.day = facts.day
      join mart.dim_intervals as times on times.minute_of_day = facts.minute_of_day`;
    const total = async (url: string) =>
      onDatabase(url, async (client) => (await client.query(statement)).rows[0].total);
    expect(await total(federated.url)).toBe((await total(emea.url)) + (await total(apac.url)));
  });

  test('what an older member lacks is null for it, and listed', async () => {
    const { rows } = await pool.query(`select member_name, missing_columns from mart.ops_members order by 1`);
    expect(rows[0].missing_columns).toContain('dim_divisions.description');
    expect(rows[0].missing_columns).toContain('rpt_handle_times');
    expect(rows[1]).toEqual({ member_name: 'emea', missing_columns: null });
    const { rows: divisions } = await pool.query(
      `select members.member_name, count(divisions.description)::int as described, count(*)::int as count
       from mart.dim_divisions as divisions join mart.ops_members as members using (organization_id) group by 1 order by 1`,
    );
    expect(divisions[0]).toMatchObject({ member_name: 'apac', described: 0 });
    expect(divisions[1].described).toBe(divisions[1].count);
  });
});

describe('plans of a federated database', () => {
  test('send filters and sums by organisation to members, which work at the same time', async () => {
    const plan = await planOf(
      pool,
      `select organization_id, queue_id, sum(handle_seconds) from mart.fct_agent_sessions
       where day between '2026-03-10' and '2026-03-12' and media_type = 'voice' group by 1, 2 order by 3 desc limit 5`,
    );
    expect(plan.match(/Async Foreign Scan/g)).toHaveLength(2);
    expect(plan.match(/Relations: Aggregate on/g)).toHaveLength(2);
    expect(
      plan.match(/Remote SQL: .*sum\(handle_seconds\).*day >= '2026-03-10'.*media_type = 'voice'.*GROUP BY 1, 2/g),
    ).toHaveLength(2);
    expect(plan).not.toContain('federation.all_answer');
  });

  test('send joins by organisation and key', async () => {
    const plan = await planOf(
      pool,
      `select facts.organization_id, queues.queue_name, count(*) from mart.fct_agent_sessions as facts
       join mart.dim_queues as queues on queues.organization_id = facts.organization_id and queues.queue_id = facts.queue_id
       where facts.day >= '2026-03-10' group by 1, 2`,
    );
    expect(plan.match(/INNER JOIN/g)?.length).toBeGreaterThanOrEqual(2);
    expect(plan.match(/Remote SQL: .*GROUP BY/g)).toHaveLength(2);
  });

  test('send comparisons of an instant with a date or a time without zone, in the zone of the session', async () => {
    const client = await pool.connect();
    try {
      await client.query(
        `set search_path = federation_operators, pg_catalog, public; set timezone = 'America/New_York'`,
      );
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain (verbose, costs off) select organization_id, count(*) from mart.fct_conversations
         where started_at >= date '2026-03-11' - 1 and timestamp '2026-03-12 06:30' > started_at group by 1`,
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan.match(/Relations: Aggregate on/g)).toHaveLength(2);
      expect(plan).toMatch(/started_at >= '2026-03-10 00:00:00-04'/);
      expect(plan).toMatch(/'2026-03-12 06:30:00-04'(::timestamp with time zone)? > started_at/);
      const counted = await client.query(
        `select count(*) = (select count(*) from mart.fct_conversations where started_at operator(pg_catalog.>=) date '2026-03-11') as same
         from mart.fct_conversations where started_at >= date '2026-03-11'`,
      );
      expect(counted.rows).toEqual([{ same: true }]);
    } finally {
      client.release(true);
    }
    const fresh = await onDatabase(federated.url, (other) => other.query('show search_path'));
    expect(fresh.rows).toEqual([{ search_path: 'federation_operators, pg_catalog, "$user", public' }]);
  });

  test('send what depends on the clock where it is in a sub-select', async () => {
    const plan = await planOf(
      pool,
      `select organization_id, sum(offered_count) from mart.rpt_queue_days where day >= (select current_date - 7) group by 1`,
    );
    expect(plan.match(/Remote SQL: .*day >= \$1::date.*GROUP BY/g)).toHaveLength(2);
  });

  test('send the order of rows, and ask one member only where one organisation is asked for', async () => {
    const sorted = await planOf(
      pool,
      `select * from mart.fct_conversations where day = '2026-03-11' order by started_at limit 5`,
    );
    expect(sorted.match(/Remote SQL: .*ORDER BY started_at/g)).toHaveLength(2);
    const { rows } = await pool.query<{ id: string }>(
      `select organization_id as id from mart.ops_members where member_name = 'emea'`,
    );
    const one = await planOf(
      pool,
      `select queue_name, sum(offered_count) from mart.rpt_queue_days where organization_id = '${rows[0]?.id}' and day >= '2026-03-10' group by 1`,
    );
    expect(one.match(/Foreign Scan/g)).toHaveLength(1);
    expect(one).toContain('@emea');
  });
});

describe('readers of a federated database', () => {
  test('see mart, without personal relations and without passwords', async () => {
    const client = await pool.connect();
    try {
      await client.query('set role genesys_reader');
      const { rows } = await client.query('select count(*)::int as count from mart.fct_conversations');
      expect(rows[0].count).toBeGreaterThan(1_000);
      await expect(client.query('select * from mart.fct_attributes')).rejects.toThrow('permission denied');
      await expect(client.query('select * from federation_data.dim_queues')).rejects.toThrow('permission denied');
      const { rows: mappings } = await client.query('select umoptions from pg_user_mappings');
      expect(mappings.length).toBeGreaterThan(1);
      expect(mappings.every(({ umoptions }) => umoptions === null)).toBe(true);
    } finally {
      client.release(true);
    }
  });

  test('ask over connections that stay open, which readers cannot use', async () => {
    await onDatabase(federated.url, async (client) => {
      const opened = async () => {
        const { rows } = await client.query(
          'select coalesce(federation_dblink.dblink_get_connections(), $1) as names',
          [[]],
        );
        return rows[0].names.toSorted();
      };
      const ask = () => client.query('select count(*) from mart.dim_queues');
      await ask();
      expect(await opened()).toEqual([]);
      await ask();
      expect(await opened()).toEqual(['ping@apac', 'ping@emea']);
      await ask();
      // A connection that its server has ended is replaced.
      const ended = `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'genesys-warehouse federation' and usename like 'fed\\_%\\_${hex}' and query = 'select 1'`;
      expect((await onDatabase(federated.url, (other) => other.query(ended))).rowCount).toBe(2);
      await ask();
      expect(await opened()).toEqual(['ping@apac', 'ping@emea']);
      await ask();
      await client.query('set role genesys_reader');
      await ask();
      for (const text of [
        `select * from federation_dblink.dblink('ping@apac', 'select 1') as answer (one integer)`,
        `select federation.keep_open('apac')`,
        'select * from federation.open_answers()',
      ])
        await expect(client.query(text)).rejects.toThrow('permission denied');
    });
  });

  test('cannot write, not even where their login at a member may', async () => {
    await onDatabase(federated.url, async (client) => {
      for (const text of [
        'delete from mart.dim_queues',
        `update mart.dim_queues set queue_name = 'Mine'`,
        `delete from federation_data."dim_queues@emea"`,
      ]) {
        const error = await client.query(text).catch((thrown: Error) => thrown);
        expect(String(error)).toMatch(/does not allow (deletes|updates)/);
      }
    });
  });

  test('the sessions at the members cannot write', async () => {
    const { rows } = await pool.query<{ options: string }>(
      `select array_to_string(srvoptions, ' ') as options from pg_foreign_server where srvname in ('emea', 'apac')`,
    );
    expect(rows.every(({ options }) => options.includes('default_transaction_read_only=on'))).toBe(true);
    expect(firstRun.output).not.toContain('more rights than needed');
  });
});

describe('a role that is not a superuser', () => {
  const owner = `fed_owner_${hex}`;
  let url: string;

  beforeAll(async () => {
    const database = await createDatabase();
    databases.push(database);
    url = new URL(database.url).href;
    await onDatabase(url, async (client) => {
      await client.query(`create role ${owner} login password '${password}'`);
      await client.query(`alter database ${database.name} owner to ${owner}`);
    });
  });
  afterAll(async () => {
    await onDatabase(url, (client) => client.query(`drop owned by ${owner}`)).catch(() => {});
  });

  function asOwner(): string {
    const address = new URL(url);
    address.username = owner;
    address.password = password;
    return address.href;
  }

  test('gets the statements that a superuser must run, and then federates', async () => {
    const args = ['federate', '--member', `emea=${members.emea}`, `apac=${members.apac}`];
    const without = await runOn(asOwner(), args);
    expect(without).toMatchObject({ status: 2, output: expect.stringContaining('create extension postgres_fdw') });
    await onDatabase(url, (client) => client.query('create extension postgres_fdw'));
    const unusable = await runOn(asOwner(), args);
    expect(unusable.status).toBe(2);
    expect(unusable.output).toContain(`grant usage on foreign data wrapper postgres_fdw to ${owner}`);
    await onDatabase(url, (client) => client.query(`grant usage on foreign data wrapper postgres_fdw to ${owner}`));
    const run = await runOn(asOwner(), args);
    expect(run.status, run.output).toBe(0);
    expect(run.output).not.toContain('cannot connect to itself');
    const found = await onDatabase(url, async (client) => {
      await client.query('set role genesys_reader');
      return (await client.query('select distinct organization_id from mart.fct_conversations')).rows.length;
    });
    expect(found).toBe(2);
  });
});

describe('federate again', () => {
  test('keeps views and grants of others, and adds relations that a member has got since', async () => {
    const role = `fed_other_${hex}`;
    await pool.query(`create role ${role}`);
    await pool.query(`create schema reports`);
    await pool.query('create view reports.mine as select organization_name, division_name from mart.dim_divisions');
    await pool.query(`grant select on mart.dim_divisions to ${role}`);
    await onDatabase(emea.url, async (client) => {
      await client.query(`create view mart.dim_further as select 'a'::text as further_id`);
      await client.query(
        `comment on view mart.dim_further is 'One row.'; comment on column mart.dim_further.further_id is 'Key.'`,
      );
      await client.query('grant select on mart.dim_further to genesys_reader');
      await publishMart(client);
    });
    const run = await runOn(federated.url, ['federate', '--member', `emea=${members.emea}`]);
    expect(run.status, run.output).toBe(0);
    expect((await pool.query('select * from reports.mine')).rows.length).toBeGreaterThan(1);
    const { rows } = await pool.query(`select has_table_privilege('${role}', 'mart.dim_divisions', 'select') as may`);
    expect(rows).toEqual([{ may: true }]);
    expect((await pool.query('select further_id from mart.dim_further')).rows).toEqual([{ further_id: 'a' }]);
    await pool.query(`drop schema reports cascade; drop owned by ${role}; drop role ${role}`);
  });

  test('reads a member by a login whose name and password have characters of URLs, of SQL and of connection strings', async () => {
    const [name, word] = [`odd 'role" %\\${hex}`, `it's 100% \\ "a=b" @/:?#& ${hex}`];
    const address = new URL(emea.url);
    address.username = encodeURIComponent(name);
    address.password = encodeURIComponent(word);
    const role = pg.escapeIdentifier(name);
    await onDatabase(emea.url, (client) =>
      client.query(`create role ${role} login password ${pg.escapeLiteral(word)}; grant genesys_personal to ${role}`),
    );
    for (const url of [address.href, members.emea]) {
      const run = await runOn(federated.url, ['federate', '--member', `emea=${url}`]);
      expect(run.status, run.output).toBe(0);
      expect(run.output).not.toContain(hex);
      const { rows } = await pool.query('select distinct organization_id from mart.dim_queues');
      expect(rows).toHaveLength(2);
    }
    await onDatabase(emea.url, (client) => client.query(`drop owned by ${role}; drop role ${role}`));
  });

  test('leaves a member out, and takes it back', async () => {
    const out = await runOn(federated.url, ['federate', '--remove', 'apac']);
    expect(out.status, out.output).toBe(0);
    expect((await pool.query('select distinct organization_id from mart.fct_conversations')).rows).toHaveLength(1);
    const back = await runOn(federated.url, ['federate', '--member', `apac=${members.apac}`]);
    expect(back.status, back.output).toBe(0);
    expect((await pool.query('select distinct organization_id from mart.fct_conversations')).rows).toHaveLength(2);
  });
});

describe('federate refuses with one sentence', () => {
  const empty = async () => {
    const database = await createDatabase();
    databases.push(database);
    return database.url;
  };

  test('a database that is a warehouse', async () => {
    const run = await runOn(emea.url, ['federate', '--member', `apac=${members.apac}`]);
    expect(run).toMatchObject({ status: 2, output: expect.stringContaining('is itself a warehouse') });
  });

  test('two members of one organisation', async () => {
    const run = await runOn(await empty(), ['federate', '--member', `one=${members.emea}`, `two=${members.emea}`]);
    expect(run).toMatchObject({ status: 2, output: expect.stringContaining('one and two hold the same organisation') });
  });

  test('a member that cannot be reached, by its name, and nothing is changed', async () => {
    const url = await empty();
    const away = `postgres://somebody:${password}@127.0.0.1:1/nowhere`;
    const run = await runOn(url, ['federate', '--member', `emea=${members.emea}`, `far=${away}`]);
    expect(run).toMatchObject({ status: 1, output: expect.stringContaining('Member far cannot be reached') });
    expect(run.output).not.toContain(password);
    expect(
      await onDatabase(
        url,
        async (client) =>
          (await client.query(`select from pg_namespace where nspname in ('mart', 'federation')`)).rowCount,
      ),
    ).toBe(0);
  });

  test('a login that may not read, and one with a wrong password', async () => {
    const name = `fed_none_${hex}`;
    const url = await createReader(emea.url, name, password, false);
    const run = await runOn(await empty(), ['federate', '--member', `emea=${url}`]);
    expect(run).toMatchObject({ status: 2, output: expect.stringContaining('grant genesys_reader to') });
    const wrong = await runOn(await empty(), ['federate', '--member', `emea=${url.replace(password, 'wrong-word')}`]);
    expect(wrong).toMatchObject({ status: 2, output: expect.stringContaining('Member emea') });
    for (const { output } of [run, wrong]) expect(output).not.toMatch(new RegExp(`${password}|wrong-word`));
    await onDatabase(emea.url, (client) => client.query(`drop role ${name}`));
  });

  test('a member without a name, an address that is none, and nothing to do', async () => {
    const url = await empty();
    for (const [args, words] of [
      [['--member', members.emea], 'no usable name'],
      [['--member', `emea=mysql://a:${password}@b/c`], 'Member emea: The address of a member is not a Postgres URL'],
      [
        ['--member', `emea=postgres://a:50%${password}@b/c`],
        'Member emea: The address of a member has a % that encodes',
      ],
      [['--member', `emea=${members.emea}`, '--remove', 'emea'], 'Member emea is named by --member and by --remove'],
      [['--remove', 'nobody'], 'There is no member nobody to remove (members: none)'],
      [[], 'There is nothing to do'],
      [['--status'], 'has no members'],
    ] as const) {
      const run = await runOn(url, ['federate', ...args]);
      expect(run).toMatchObject({ status: 2, output: expect.stringContaining(words) });
      expect(run.output).not.toContain(password);
    }
  });

  test('to be filled, changed or shown as a warehouse', async () => {
    for (const command of [
      ['migrate'],
      ['rebuild-facts'],
      ['prune', '--keep', '3months'],
      ['erase', '--address', '+49 30 5550199'],
      ['retry'],
      ['status'],
      ['access', 'list'],
      ['lake', 'export', 'nowhere'],
      ['lake', 'status'],
      ['wrapup', 'plan'],
    ]) {
      const { status, output } = await runOn(federated.url, command);
      expect([command, status, output]).toEqual([
        command,
        2,
        expect.stringContaining('shows the marts of other warehouses'),
      ]);
    }
  });
});
