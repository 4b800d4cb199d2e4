import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Page, Stream } from '../../src/model/extraction.js';
import { createStore, storePages } from '../../src/postgres/load/store.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { allStreams } from '../../src/streams/catalog.js';
import { openApi, type Reply, startServer } from '../genesys/api-server.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, rowVersions, runCommand } from '../support/program.js';
import { pull, streamContext } from '../support/pull.js';

const at = new Date('2026-03-12T15:07:00Z');
const args = ['sync', '--stream', 'directory', '--stream', 'queue_directory'];
const id = (n: number) => `0a5bcd9a-3a54-4c5e-9d0c-${String(n).padStart(12, '0')}`;

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function counts(): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'genesys' and column_name = 'valid_from' order by 1`,
  );
  const found: Record<string, number> = {};
  for (const { name } of rows) {
    const result = await pool.query(
      `select count(*)::int as count from genesys.${name} where valid_to is null and deleted_at is null`,
    );
    found[name] = result.rows[0].count;
  }
  return found;
}

describe('the directory of an organisation', () => {
  let sandbox: Sandbox;
  let environment: Record<string, string>;
  beforeAll(async () => {
    sandbox = await startSandbox({
      seed: 3,
      agents: 40,
      clock: { kind: 'fixed', at },
      requestsPerMinute: 'unlimited',
    });
    environment = environmentFor(sandbox, database.url);
  });
  afterAll(() => sandbox.close());

  test('is stored whole, every relation of it', async () => {
    expect(await runCommand(args, sandbox, environment)).toMatchObject({ status: 0 });
    const { directory } = sandbox.world;
    const pairs = (lists: ReadonlyMap<string, readonly unknown[]>) => [...lists.values()].flat().length;
    expect(await counts()).toEqual({
      campaigns: directory.campaigns.length,
      contact_lists: directory.contactLists.length,
      divisions: directory.divisions.length,
      evaluation_forms: directory.evaluationForms.length,
      flow_outcome_definitions: directory.flowOutcomes.length,
      flows: directory.flows.filter(({ deleted }) => deleted !== true).length,
      groups: directory.groups.length,
      languages: directory.languages.length,
      locations: directory.locations.length,
      presences: directory.presences.length,
      queue_members: pairs(directory.queueMembers),
      queue_wrapup_codes: pairs(directory.queueWrapupCodes),
      queues: directory.queues.length,
      skills: directory.skills.length,
      survey_forms: directory.surveyForms.length,
      teams: directory.teams.length,
      users: directory.users.length,
      wrapup_codes: directory.wrapupCodes.filter(({ state }) => state !== 'deleted').length,
    });
    const { rows } = await pool.query(
      `select count(*)::int as count from genesys.presences where name is null or system_presence is null`,
    );
    expect(rows[0].count).toBe(0);
    expect((await pool.query('select * from extract.dead_letters')).rows).toEqual([]);
  });

  test('costs one request a page and two a queue, and writes nothing when nothing changed', async () => {
    const before = await rowVersions(pool);
    sandbox.resetRequests();
    sandbox.advance(86_400_000);
    expect(await runCommand(args, sandbox, environment)).toMatchObject({ status: 0 });
    expect(await rowVersions(pool)).toEqual(before);
    const asked = sandbox.requests().filter(({ path }) => path.startsWith('/api/v2/'));
    const queues = sandbox.world.directory.queues.length;
    expect(asked.filter(({ path }) => /queues\/[^/]+\/(members|wrapupcodes)/.test(path))).toHaveLength(2 * queues);
    // Wrap-up codes and presences are listed in two parts; the queues are listed for both streams; the organisation's name is read once a day.
    expect(asked.filter(({ path }) => !/queues\/./.test(path))).toHaveLength(16 + 2 + 1 + 1);
  });

  test('keeps a listing that is not permitted any more, names the permission and lists the rest', async () => {
    const before = await counts();
    sandbox.setFaults({ missingPermissions: ['architect:flow:view', 'groups:team:view'] });
    sandbox.advance(86_400_000);
    const run = await runCommand(args, sandbox, environment);
    sandbox.setFaults({});
    expect(run).toMatchObject({ status: 0 });
    expect(run.output).toContain('architect:flow:view');
    expect(run.output).toContain('groups:team:view');
    expect(await counts()).toEqual(before);
    const { rows } = await pool.query(
      `select due_at, last_error from extract.slices where stream = 'directory' order by slice_from desc limit 1`,
    );
    expect(rows).toEqual([{ due_at: null, last_error: null }]);
  });
});

describe('directory records', () => {
  beforeEach(async () => {
    await pool.query(
      'truncate genesys.skills, genesys.queue_members, genesys.queue_wrapup_codes, extract.dead_letters',
    );
  });

  /** Answers by the path behind `/api/v2/`; other listings are empty. */
  async function open(name: string, replies: Record<string, Reply | readonly object[]>) {
    const server = await startServer(({ path }) => {
      const reply = replies[path.replace('/api/v2/', '')] ?? [];
      return 'length' in reply ? { body: { entities: reply, pageNumber: 1, pageCount: 1 } } : reply;
    });
    const streams = allStreams(openApi(server.url), { granularity: 'PT30M' });
    return { stream: streams.find((each) => each.name === name) as Stream, seen: server.seen };
  }

  let day = 1;
  async function storeAll(stream: Stream, log?: string[], cursor: Page['cursor'] = null): Promise<readonly Page[]> {
    day += 1;
    const now = new Date(Date.UTC(2026, 3, day));
    const pages = await pull(stream, `${now.toISOString()}/${new Date(Date.UTC(2026, 3, day + 1)).toISOString()}`, {
      now,
      cursor,
      ...(log && { log }),
    });
    const client = await pool.connect();
    // The client's own clock gives the as-of instant of an answer; here days pass between two listings.
    const dated = pages.map((page) => ({ ...page, asOf: now }));
    const facts = { stream: stream.name, sliceId: null };
    await storePages(
      client,
      createStore(pool, () => now),
      facts,
      dated,
      async () => {},
    ).finally(() => client.release());
    return pages;
  }

  const skill = (more: object = {}) => ({ id: id(1), name: 'Billing', state: 'active', ...more });
  const skills = async () =>
    (
      await pool.query(
        `select name, state, date_modified, valid_to is null as is_current, deleted_at is not null as is_deleted, extra
         from genesys.skills order by skill_id, valid_from`,
      )
    ).rows;

  test('a value that does not fit its column is stored in extra, with the record', async () => {
    const { stream } = await open('directory', {
      'routing/skills': [skill({ dateModified: 'yesterday', state: 7, version: '1' })],
    });
    await storeAll(stream);
    expect(await skills()).toMatchObject([
      {
        name: 'Billing',
        state: null,
        date_modified: null,
        extra: { dateModified: 'yesterday', state: 7, version: '1' },
      },
    ]);
  });

  test.each([
    ['no id', { name: 'Nameless' }],
    ['an id that is none', { id: 'billing', name: 'Billing' }],
  ])('a record with %s goes to the dead letters, the others are stored', async (_what, record) => {
    const { stream } = await open('directory', { 'routing/skills': [record, skill()] });
    await storeAll(stream);
    expect(await skills()).toHaveLength(1);
    const { rows } = await pool.query('select stream, reason, record from extract.dead_letters');
    expect(rows).toEqual([
      { stream: 'directory', reason: 'skill_id (id) is missing or not usable.', record: JSON.stringify(record) },
    ]);
  });

  test('a changed name is history, another change is not, and what is missing is marked', async () => {
    for (const listed of [[skill()], [skill({ name: 'Invoices' })], [skill({ name: 'Invoices', version: '2' })], []]) {
      const { stream } = await open('directory', { 'routing/skills': listed });
      await storeAll(stream);
    }
    expect(await skills()).toMatchObject([
      { name: 'Billing', is_current: false, is_deleted: false },
      { name: 'Invoices', is_current: true, is_deleted: true, extra: { version: '2' } },
    ]);
  });

  test('what returns is unmarked, with what it is called now, and keeps its history', async () => {
    const listings = [[skill()], [], [skill()], [], [skill({ name: 'Invoices' })]];
    const marks: unknown[] = [];
    for (const listed of listings) {
      const { stream } = await open('directory', { 'routing/skills': listed });
      await storeAll(stream);
      marks.push((await skills()).map(({ name, is_deleted }) => [name, is_deleted]));
    }
    expect(marks).toEqual([
      [['Billing', false]],
      [['Billing', true]],
      [['Billing', false]],
      [['Billing', true]],
      [
        ['Billing', true],
        ['Invoices', false],
      ],
    ]);
    expect((await skills()).map(({ is_current }) => is_current)).toEqual([false, true]);
  });

  test.each([
    ['queues', 'name', 'routing/queues', ['Sales', 'Orders'], (name: string) => ({ name })],
    [
      'queues',
      'acw_timeout_ms',
      'routing/queues',
      ['1000', '2000'],
      (ms: string) => ({ acwSettings: { timeoutMs: Number(ms) } }),
    ],
    [
      'queues',
      'acw_wrapup_prompt',
      'routing/queues',
      ['OPTIONAL', 'MANDATORY'],
      (wrapupPrompt: string) => ({ acwSettings: { wrapupPrompt } }),
    ],
    ['users', 'name', 'users', ['Ann', 'Ann B.'], (name: string) => ({ name })],
    ['users', 'team_id', 'users', [id(8), id(9)], (team: string) => ({ team: { id: team } })],
    ['users', 'division_id', 'users', [id(8), id(9)], (division: string) => ({ division: { id: division } })],
    ['wrapup_codes', 'name', 'routing/wrapupcodes/divisionviews', ['Sold', 'Won'], (name: string) => ({ name })],
  ] as const)('of %s what %s was before is kept', async (relation, column, path, values, memberOf) => {
    await pool.query(`truncate genesys.${relation}`);
    for (const value of values) {
      const { stream } = await open('directory', { [path]: [{ id: id(1), name: 'x', ...memberOf(value) }] });
      await storeAll(stream);
    }
    const { rows } = await pool.query(
      `select ${column}::text as value, valid_to is null as is_current from genesys.${relation} order by valid_from`,
    );
    expect(rows).toEqual([
      { value: values[0], is_current: false },
      { value: values[1], is_current: true },
    ]);
  });

  test('a listing that fails keeps no other from being stored, and is all that is asked for again', async () => {
    const { stream, seen } = await open('directory', {
      'routing/skills': { status: 400, body: { message: 'no', code: 'bad.request', status: 400 } },
      'routing/languages': [{ id: id(5), name: 'English' }],
    });
    const pages: Page[] = [];
    const now = at;
    const slice = {
      sliceId: '1',
      stream: 'directory',
      interval: { from: now, to: now },
      pass: 0,
      cursor: null,
      attempts: 0,
    };
    const all = async (cursor: Page['cursor']) => {
      for await (const page of stream.pages({ ...slice, cursor }, streamContext({ now }))) pages.push(page);
    };
    await expect(all(null)).rejects.toThrow('bad.request');
    const relations = pages.flatMap(({ batches }) => batches).map((batch) => 'relation' in batch && batch.relation);
    expect(relations).toContain('languages');
    expect(relations).not.toContain('skills');
    const before = seen.length;
    await expect(all(pages.at(-1)?.cursor ?? null)).rejects.toThrow('bad.request');
    expect(seen.slice(before).map(({ path }) => path)).toEqual(['/api/v2/routing/skills']);
  });

  const member = (n: number) => ({
    id: id(n),
    name: 'x',
    joined: true,
    memberBy: 'user',
    ringNumber: 1,
    routingStatus: { status: 'IDLE' },
  });
  const members = async () =>
    (
      await pool.query(
        `select right(queue_id::text, 1) || right(user_id::text, 1) as pair, deleted_at is not null as is_deleted
         from genesys.queue_members order by 1`,
      )
    ).rows.map(({ pair, is_deleted }) => `${pair}${is_deleted ? ' gone' : ''}`);
  const notFound = { status: 404, body: { message: 'gone', code: 'not.found', status: 404 } };
  const forbidden = {
    status: 403,
    body: { message: 'You must have: [routing:queueMember:manage]', code: 'missing.permissions', status: 403 },
  };

  test('a queue that is gone when its turn comes has no members, and stops nothing', async () => {
    const queues = [{ id: id(1) }, { id: id(2) }];
    const first = await open('queue_directory', {
      'routing/queues': queues,
      [`routing/queues/${id(1)}/members`]: [member(7), member(8)],
      [`routing/queues/${id(2)}/members`]: [member(7)],
    });
    await storeAll(first.stream);
    expect(await members()).toEqual(['17', '18', '27']);
    const second = await open('queue_directory', {
      'routing/queues': queues,
      [`routing/queues/${id(1)}/members`]: notFound,
      [`routing/queues/${id(1)}/wrapupcodes`]: notFound,
      [`routing/queues/${id(2)}/members`]: [member(8)],
    });
    await storeAll(second.stream);
    expect(await members()).toEqual(['17 gone', '18 gone', '27 gone', '28']);
  });

  test('members of a queue that is not listed any more are marked', async () => {
    const listing = {
      [`routing/queues/${id(1)}/members`]: [member(7)],
      [`routing/queues/${id(2)}/members`]: [member(7)],
    };
    await storeAll(
      (await open('queue_directory', { 'routing/queues': [{ id: id(1) }, { id: id(2) }], ...listing })).stream,
    );
    await storeAll((await open('queue_directory', { 'routing/queues': [{ id: id(1) }], ...listing })).stream);
    expect(await members()).toEqual(['17', '27 gone']);
  });

  test('members that may not be listed are requested once, and the wrap-up codes are stored', async () => {
    const log: string[] = [];
    const { stream, seen } = await open('queue_directory', {
      'routing/queues': [{ id: id(1) }, { id: id(2) }],
      [`routing/queues/${id(1)}/members`]: forbidden,
      [`routing/queues/${id(1)}/wrapupcodes`]: [{ id: 'ININ-CODE', name: 'x' }],
      [`routing/queues/${id(2)}/wrapupcodes`]: [{ id: id(9), name: 'y' }],
    });
    await storeAll(stream, log);
    expect(seen.filter(({ path }) => path.endsWith('/members'))).toHaveLength(1);
    const { rows } = await pool.query('select wrapup_code from genesys.queue_wrapup_codes order by 1');
    expect(rows).toEqual([{ wrapup_code: id(9) }, { wrapup_code: 'ININ-CODE' }]);
    expect(log.join()).toContain('routing:queueMember:manage');
  });

  test('an interrupted pull resumes after the last queue that was stored', async () => {
    const { stream, seen } = await open('queue_directory', {
      'routing/queues': [{ id: id(1) }, { id: id(2) }, { id: id(3) }],
    });
    await storeAll(stream, undefined, { after: id(2) });
    expect(seen.map(({ path }) => path.replace('/api/v2/routing/queues', ''))).toEqual([
      '',
      `/${id(3)}/members`,
      `/${id(3)}/wrapupcodes`,
    ]);
  });
});
