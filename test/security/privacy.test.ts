import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columnOf, conversationShape, type TableShape } from '../../src/conversation/record-schema.js';
import { keepEverything } from '../../src/privacy/policy.js';
import { createScreen } from '../../src/privacy/scrubber.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';
import { databaseText } from './database-text.js';

const key = 'a key that is long enough';
const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const record = {
  conversationId: 'c1',
  participants: [
    {
      purpose: 'customer',
      participantName: 'Clara Customer',
      attributes: { order: '4711', nested: { a: ['x'] } },
      sessions: [
        {
          ani: 'tel:+49301234567',
          dnis: 'sip:+49800555@edge.example',
          cc: ['One@Example.org'],
          remoteNameDisplayable: 'Clara Customer',
          mediaType: 'voice',
          segments: [{ wrapUpNote: 'called back', subject: 'My order', wrapUpCode: 'code-1' }],
          newMember: { replyToAddress: 'one@example.org' },
        },
      ],
    },
    { purpose: 'agent', participantName: 'Ines Agent', userId: 'u1', sessions: [{ ani: '+49 30 123 45 67' }] },
    { purpose: 'acd', participantName: 'Support' },
  ],
};

const screened = (policy: Partial<typeof keepEverything> & { key?: string }) =>
  createScreen({ ...keepEverything, ...policy })?.apply(record) as typeof record;
const customer = (from: typeof record) =>
  from.participants[0] as (typeof record.participants)[0] & { sessions: object[] };

describe('the policy on a record', () => {
  test('that keeps everything creates no scrubber, so that it costs nothing', () => {
    expect(createScreen(keepEverything)).toBeUndefined();
  });

  test('hashes an address the same in every place and notation', () => {
    const result = screened({ addresses: 'hash', key });
    const text = JSON.stringify(result);
    expect(text).not.toMatch(/49301234567|example\.org|49800555/i);
    const [first, second] = result.participants.flatMap(({ sessions }) => (sessions ?? []).map(({ ani }) => ani));
    expect(first).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(second).toBe(first);
    const session = customer(result).sessions[0] as { cc: string[]; newMember: { replyToAddress: string } };
    expect(session.newMember.replyToAddress).toBe(session.cc[0]);
  });

  test('hashes with its key: another key, other hashes', () => {
    expect(screened({ addresses: 'hash', key })).not.toEqual(
      screened({ addresses: 'hash', key: 'another key of that length' }),
    );
  });

  test('leaves a hash as it is, so that a dead letter that is put back joins with the rest', () => {
    const once = screened({ addresses: 'hash', names: 'hash', notes: 'hash', attributes: 'hash', key });
    const twice = createScreen({ addresses: 'hash', names: 'hash', notes: 'hash', attributes: 'hash', key })?.apply(
      once,
    );
    expect(twice).toEqual(once);
  });

  test('drops members, and empties attributes so that those stored before go too', () => {
    const result = screened({ addresses: 'drop', names: 'drop', notes: 'drop', attributes: 'drop' });
    expect(customer(result)).toEqual({
      purpose: 'customer',
      attributes: {},
      sessions: [{ mediaType: 'voice', segments: [{ wrapUpCode: 'code-1' }], newMember: {} }],
    });
  });

  test('hides the names of people outside, not those of agents and queues, which reports are read by', () => {
    const names = screened({ names: 'drop' }).participants.map((participant) => participant.participantName);
    expect(names).toEqual([undefined, 'Ines Agent', 'Support']);
  });

  test('keeps the names of attributes when it hashes their values', () => {
    const { attributes } = customer(screened({ attributes: 'hash', key }));
    expect(Object.keys(attributes as object)).toEqual(['order', 'nested']);
    expect(JSON.stringify(attributes)).not.toMatch(/4711|"x"/);
  });
});

describe('a warehouse with a policy', () => {
  let sandbox: Sandbox;
  let database: TestDatabase;
  let pool: pg.Pool;
  let environment: Record<string, string>;
  const at = new Date('2026-03-12T15:07:00Z');

  beforeAll(async () => {
    sandbox = await startSandbox({
      seed: 7,
      conversationsPerDay: 100,
      agents: 8,
      clock: { kind: 'fixed', at },
      requestsPerMinute: 'unlimited',
    });
    sandbox.setFaults({ malformedRecords: 0.05, unknownFields: 0.1 });
    database = await migratedDatabase();
    pool = testPool(database.url);
    environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '2026-03-10T00:00:00Z' };
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
    await sandbox?.close();
  });

  const columns = personalColumns(conversationShape);
  const values = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const { relation, column } of columns) {
      const { rows } = await pool.query(
        `select distinct ${column}::text as value from genesys.${relation} where ${column} is not null`,
      );
      found.push(...rows.map((row) => row.value));
    }
    return found;
  };

  test('stores hashes only, in columns, extra and dead letters alike; a forced backfill applies a changed policy to what is stored', {
    timeout: 120_000,
  }, async () => {
    expect(await runCommand(['sync'], sandbox, environment)).toMatchObject({ status: 0 });
    const own = await pool.query(
      'select name from genesys.users union select name from genesys.queues union select name from genesys.campaigns',
    );
    const names = new Set(own.rows.map((row) => row.name));
    const plain = (await values()).filter((value) => value.length > 6 && !names.has(value) && !uuid.test(value));
    expect(plain.length).toBeGreaterThan(50);
    expect((await pool.query('select from extract.dead_letters')).rowCount).toBeGreaterThan(0);
    const policy = {
      ...environment,
      GENESYS_WAREHOUSE_PRIVACY: 'addresses=hash,names=hash,notes=drop,attributes=hash',
      GENESYS_WAREHOUSE_PRIVACY_KEY: key,
    };
    const other = await migratedDatabase();
    const otherPool = testPool(other.url);
    expect(await runCommand(['sync'], sandbox, { ...policy, DATABASE_URL: other.url })).toMatchObject({ status: 0 });
    // The organisation's own numbers and mailboxes are stored with its queues and campaigns.
    const text = await databaseText(otherPool, (table) => /queues|campaigns/.test(table));
    await otherPool.end();
    await other.drop();
    const surroundings = (value: string) => text.slice(Math.max(0, text.indexOf(value) - 300)).slice(0, 400);
    expect([...new Set(plain)].filter((value) => text.includes(value)).map(surroundings)).toEqual([]);
    expect(text).toMatch(/hmac:[0-9a-f]{32}/);

    const range = ['--from', '2026-03-10T00:00:00Z', '--to', '2026-03-12T15:00:00Z', '--force'];
    const streams = ['--stream', 'conversations', 'conversation_history'];
    expect(await runCommand(['backfill', ...range, ...streams], sandbox, policy)).toMatchObject({ status: 0 });
    const left = await pool.query(
      `select distinct ani from genesys.sessions where conversation_start >= '2026-03-10' and ani not like 'hmac:%'`,
    );
    expect(left.rows).toEqual([]);
    const { rows } = await pool.query(
      `select count(*)::int as count from mart.dim_users where user_name not like 'hmac:%'`,
    );
    expect(rows[0].count).toBeGreaterThan(5);
  });
});

/** Columns of the record whose key the screen knows as an address, a note, or a name of somebody outside. */
function personalColumns(shape: TableShape): { relation: string; column: string }[] {
  const screen = createScreen({ addresses: 'drop', names: 'drop', notes: 'drop', attributes: 'keep' });
  const own = Object.keys(shape.fields).flatMap((name) =>
    Object.hasOwn(screen?.apply({ [name]: 'x' }) ?? {}, name) || name === 'participantName'
      ? []
      : [{ relation: shape.relation, column: columnOf(name) }],
  );
  const below = [...Object.values(shape.lists), ...Object.values(shape.objects)].flatMap(personalColumns);
  return [...own, ...below];
}
