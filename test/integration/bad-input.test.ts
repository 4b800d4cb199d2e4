import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultSettings, type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { differencesFromTruth, environmentFor, runCommand } from '../support/program.js';

const at = new Date('2026-03-12T06:12:00Z');
const sync = ['sync', '--stream', 'conversations'];

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 5,
    conversationsPerDay: 100,
    agents: 8,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  database = await migratedDatabase();
  pool = testPool(database.url);
  environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '2d' };
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await sandbox.close();
});

const messages = (output: string) =>
  output.split('\n').flatMap((line) => (line.startsWith('{') ? [String(JSON.parse(line).msg)] : []));

describe('a mistake in the configuration is one clear sentence and exit status 2', () => {
  test('nothing configured: every missing name in one message', async () => {
    const run = await runCommand(['sync'], sandbox, {});
    expect(run.status).toBe(2);
    expect(run.output).toContain('GENESYSCLOUD_OAUTHCLIENT_ID is missing');
    expect(run.output).toContain('GENESYSCLOUD_OAUTHCLIENT_SECRET is missing');
    expect(run.output).toContain('GENESYSCLOUD_REGION is missing');
  });

  test('a wrong secret: names the variables, never the secret', async () => {
    const run = await runCommand(sync, sandbox, {
      ...environment,
      GENESYSCLOUD_OAUTHCLIENT_SECRET: 'not-the-secret-9',
    });
    expect(run.status).toBe(2);
    expect(run.output).toContain('GENESYSCLOUD_OAUTHCLIENT_SECRET');
    expect(run.output).not.toContain('not-the-secret-9');
  });

  test('a region that does not exist', async () => {
    const { GENESYSCLOUD_API_URL: _, ...rest } = environment;
    const run = await runCommand(sync, sandbox, { ...rest, GENESYSCLOUD_REGION: 'eu-nowhere-7' });
    expect(run.status).toBe(2);
    expect(run.output).toContain('eu-nowhere-7');
  });

  test('a database that nobody listens at may be restarting: status 1', async () => {
    const run = await runCommand(sync, sandbox, { ...environment, DATABASE_URL: 'postgres://u:hidden@127.0.0.1:9/x' });
    expect(run.status).toBe(1);
    expect(messages(run.output).join()).toContain('127.0.0.1:9');
    expect(run.output).not.toContain('hidden');
  });

  test('a role without rights: says which right is missing', async () => {
    const role = `reader_${database.name}`;
    await pool.query(`create role ${role} login password 'only-reads'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'only-reads';
    const run = await runCommand(sync, sandbox, { ...environment, DATABASE_URL: url.href });
    expect(run.status).not.toBe(0);
    expect(run.output).toMatch(/permission denied|may not|rights/);
    expect(run.output).not.toContain('only-reads');
    await pool.query(`drop owned by ${role}; drop role ${role}`);
  });

  test('a database that is read-only', async () => {
    await pool.query(`alter database ${database.name} set default_transaction_read_only = on`);
    const run = await runCommand(sync, sandbox, environment);
    await pool.query(
      `set default_transaction_read_only = off; alter database ${database.name} reset default_transaction_read_only`,
    );
    expect(run.status).toBe(2);
    expect(run.output).toContain('read-only');
  });

  test('unknown streams, times and options', async () => {
    for (const args of [
      ['sync', '--stream', 'conversatoins'],
      ['backfill', '--from', 'yesterday', '--to', '2026-01-01'],
      ['backfill', '--from', '2026-02-01', '--to', '2026-01-01'],
      ['sync', '--everything'],
      ['synk'],
    ]) {
      expect(await runCommand(args, sandbox, environment)).toMatchObject({ status: 2 });
    }
  });
});

describe('whatever the API answers, nothing is lost and one clear sentence says what happened', () => {
  async function syncWith(faults: FaultSettings, args = sync) {
    sandbox.setFaults(faults);
    const run = await runCommand(args, sandbox, environment);
    sandbox.setFaults({});
    return run;
  }

  /** Everything is due again, as for a warehouse that has not seen this range. */
  async function startOver(): Promise<void> {
    await pool.query('truncate extract.slices, extract.dead_letters, extract.stored_conversations, extract.settings');
    const { rows } = await pool.query(
      `select format('genesys.%I', relname) as name from pg_class where relnamespace = 'genesys'::regnamespace and relkind = 'p'`,
    );
    // Of few rows, which costs less than new files for every partition and index.
    for (const { name } of rows) await pool.query(`delete from ${name}`);
  }

  test('a missing permission is named, the exit status is 1 and the slice stays pending', async () => {
    await startOver();
    const run = await syncWith({ missingPermissions: ['analytics:*'] });
    expect(run.status).toBe(1);
    expect(run.output).toContain('analytics:conversationDetail:view');
    const { rows } = await pool.query('select count(*)::int as count from extract.slices where due_at is not null');
    expect(rows[0].count).toBeGreaterThan(0);
  });

  test.each<[string, FaultSettings]>([
    ['truncated JSON', { truncatedJson: 1 }],
    ['HTML instead of JSON', { htmlInsteadOfJson: 1 }],
    ['empty bodies', { emptyBody: 1 }],
  ])(
    '%s in every answer fails the slices by name; when it is over the next sync completes them',
    { timeout: 120_000 },
    async (_, faults) => {
      await startOver();
      const broken = await syncWith(faults, [...sync]);
      expect(broken.status).not.toBe(0);
      expect(broken.output).not.toContain(sandbox.clientSecret);
      expect(await runCommand(sync, sandbox, environment)).toMatchObject({ status: 0 });
      expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
    },
  );

  test('dead letters are an exit status where that is asked for, and nothing else changes', async () => {
    await startOver();
    const run = await syncWith({ malformedRecords: 0.4 }, [...sync, '--fail-on-dead-letters']);
    expect(run.status).toBe(1);
    expect(run.output).toContain('became dead letters');
    expect(await runCommand([...sync, '--fail-on-dead-letters'], sandbox, environment)).toMatchObject({ status: 0 });
  });

  test('malformed records become dead letters with a reason, the others are stored, and the fixed record replaces them', async () => {
    await startOver();
    const run = await syncWith({ malformedRecords: 0.4 });
    expect(run.status).toBe(0);
    const letters = await pool.query('select record_id, reason, record from extract.dead_letters');
    expect(letters.rows.length).toBeGreaterThan(0);
    const warning = run.output.split('\n').find((line) => line.includes('became dead letters'));
    expect(JSON.parse(warning ?? '{}')).toMatchObject({
      level: 'warn',
      deadLetters: expect.any(Number),
      msg: 'Records could not be stored and became dead letters; genesys-warehouse status says why',
    });
    for (const { reason, record } of letters.rows) {
      expect(reason.length).toBeGreaterThan(10);
      expect(() => JSON.parse(record)).not.toThrow();
    }
    const stored = await pool.query('select count(*)::int as count from genesys.conversations');
    expect(stored.rows[0].count).toBeGreaterThan(0);
    await pool.query('update extract.slices set due_at = $1, cursor = null', [at]);
    const again = await runCommand(sync, sandbox, environment);
    expect(again).toMatchObject({ status: 0 });
    expect(again.output).not.toContain('became dead letters');
    const left = await pool.query(
      'select count(*)::int as count from extract.dead_letters where record_id is not null',
    );
    expect(left.rows[0].count).toBe(0);
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  });

  test('unknown fields, unknown enum values and NUL characters are kept as they came', async () => {
    await startOver();
    const run = await syncWith({ unknownFields: 1, unknownEnums: 0.5, nulCharacters: 1 });
    expect(run.status).toBe(0);
    const { rows } = await pool.query(
      `select count(*) filter (where extra is not null)::int as extra, count(*)::int as count from genesys.conversations`,
    );
    expect(rows[0].count).toBeGreaterThan(0);
    expect(rows[0].extra).toBeGreaterThan(0);
    const json = await pool.query(
      'select genesys.conversation_json(conversation_id)::text as record from genesys.conversations',
    );
    expect(json.rows.some(({ record }) => record.includes('\\u0000'))).toBe(true);
  });

  test('a record that only Postgres refuses is a dead letter too; the rest of its page is stored', async () => {
    await startOver();
    await pool.query(`
      create function genesys.refuse() returns trigger language plpgsql as $$
      begin
          if new.conversation_id::text < '2' then
              raise exception 'no such thing' using errcode = '22023';
          end if;
          return new;
      end $$;
      create trigger refuse before insert on genesys.conversations for each row execute function genesys.refuse();`);
    const run = await runCommand(sync, sandbox, environment);
    await pool.query('drop function genesys.refuse() cascade');
    expect(run.status).toBe(0);
    const letters = await pool.query('select record_id, reason from extract.dead_letters');
    expect(letters.rows.length).toBeGreaterThan(0);
    for (const { record_id, reason } of letters.rows) {
      expect(record_id < '2').toBe(true);
      expect(reason).toContain('no such thing');
    }
    const stored = await pool.query(
      'select min(conversation_id::text) as first, count(*)::int as count from genesys.conversations',
    );
    expect(stored.rows[0].count).toBeGreaterThan(0);
    expect(stored.rows[0].first > '2').toBe(true);
    expect(await runCommand(['retry'], sandbox, environment)).toMatchObject({ status: 0 });
    expect(await differencesFromTruth(pool, sandbox)).toEqual([]);
  });

  test('a record that a new version of the program can read is stored by retry', async () => {
    await startOver();
    const id = '6f2c1c8e-93a4-4c06-9a52-0d6a52b0a001';
    const record = { conversationId: id, conversationStart: '2026-03-11T10:00:00.000Z' };
    await pool.query(
      `insert into extract.dead_letters (stream, record_id, reason, record, record_hash, as_of, first_seen_at, last_seen_at)
       values ('conversations', $1, 'an old reason', $2, md5($2)::uuid, $3, $3, $3)`,
      [id, JSON.stringify(record), at],
    );
    expect(await runCommand(['retry'], sandbox, environment)).toMatchObject({ status: 0 });
    const { rows } = await pool.query('select genesys.conversation_json($1) as record', [id]);
    expect(rows[0].record).toEqual(record);
    expect((await pool.query('select from extract.dead_letters')).rowCount).toBe(0);
  });
});

test('recorded responses with unreadable times are a dead letter, readable ones are stored', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'replay-'));
  const good = {
    conversationId: '6f2c1c8e-93a4-4c06-9a52-0d6a52b0a002',
    conversationStart: '2026-03-12T01:00:00.000Z',
  };
  const participants = [
    { purpose: 'customer', sessions: [{ segments: [{ segmentStart: '2026-03-2T01:00:00.000Z' }] }] },
  ];
  const bad = { ...good, conversationId: '6f2c1c8e-93a4-4c06-9a52-0d6a52b0a003', participants };
  await writeFile(join(folder, 'page.json'), JSON.stringify({ conversations: [good, bad] }));
  const replay = await startSandbox({
    replayDirectory: folder,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  const empty = await migratedDatabase();
  const emptyPool = testPool(empty.url);
  const run = await runCommand(sync, replay, { ...environmentFor(replay, empty.url), GENESYS_WAREHOUSE_START: '2d' });
  expect(run.status).toBe(0);
  expect((await emptyPool.query('select conversation_id from genesys.conversations')).rows).toEqual([
    { conversation_id: good.conversationId },
  ]);
  const letters = await emptyPool.query('select record_id, reason from extract.dead_letters');
  expect(letters.rows).toEqual([
    { record_id: bad.conversationId, reason: expect.stringContaining('2026-03-2T01:00:00.000Z') },
  ]);
  await emptyPool.end();
  await empty.drop();
  await replay.close();
});
