import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toSearchPattern } from '../../src/postgres/retention/erase-search.js';
import { storeSurveys } from '../../src/postgres/wrapup/surveys.js';
import { normalAddress } from '../../src/privacy/scrubber.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { environmentFor, runCommand } from '../support/program.js';
import { databaseText } from './database-text.js';

const at = new Date('2026-03-12T15:07:00Z');
const range = ['--from', '2026-03-10T00:00:00Z', '--to', '2026-03-12T15:00:00Z'];

let sandbox: Sandbox;
let database: TestDatabase;
let pool: pg.Pool;
let environment: Record<string, string>;

beforeAll(async () => {
  sandbox = await startSandbox({
    seed: 7,
    conversationsPerDay: 150,
    agents: 12,
    clock: { kind: 'fixed', at },
    requestsPerMinute: 'unlimited',
  });
  sandbox.setFaults({ malformedRecords: 0.05, unknownFields: 0.1 });
  database = await migratedDatabase();
  pool = testPool(database.url);
  environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '2026-03-10T00:00:00Z' };
  expect(await runCommand(['sync'], sandbox, environment)).toMatchObject({ status: 0 });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await sandbox?.close();
});

const run = (...args: string[]) => runCommand(args, sandbox, environment);
const one = async <T>(text: string, values: unknown[] = []): Promise<T> => {
  const row = (await pool.query(text, values)).rows[0];
  expect(row).toBeDefined();
  return row as T;
};

/** Finds an address in the database, in any notation. */
async function placesOf(address: string): Promise<string[]> {
  const text = await databaseText(pool);
  const found = [...text.matchAll(new RegExp(toSearchPattern(normalAddress(address)), 'gi'))];
  const places = found.map(({ 0: match, index }) => text.slice(Math.max(0, index - 60), index + match.length + 20));
  return [...new Set(places)].slice(0, 10);
}

/** Everything again: by query, by job, and what lies aside. */
async function pullEverythingAgain(): Promise<void> {
  expect(await run('backfill', ...range, '--stream', 'conversation_history', '--force')).toMatchObject({ status: 0 });
  expect(await run('backfill', ...range, '--stream', 'conversations', '--force')).toMatchObject({ status: 0 });
  await pool.query(`update extract.slices set due_at = $1, retry_at = null where stream = 'directory'`, [at]);
  expect(await run('sync')).toMatchObject({ status: 0 });
  await run('retry');
}

describe('a person outside, by address', () => {
  let address: string;
  let conversations: number;

  beforeAll(async () => {
    ({ address } = await one<{ address: string }>(
      `select ani as address from genesys.sessions join genesys.participants using (conversation_start, conversation_id, participant_no)
       join genesys.conversations using (conversation_start, conversation_id)
       where purpose = 'customer' and ani like 'tel:+%' and originating_direction = 'inbound' group by ani order by count(distinct conversation_id) desc, ani limit 1`,
    ));
    conversations = (await one<{ count: number }>('select count(*)::int as count from genesys.conversations')).count;
  });

  test('is counted and left alone by a dry run', async () => {
    const isOwn = (table: string) => table.endsWith('settings');
    const before = await databaseText(pool, isOwn);
    const result = await run('erase', '--address', address, '--dry-run');
    expect(result).toMatchObject({ status: 0 });
    expect(result.output).toMatch(/relation +rows_to_change\n(?:.*\n)*genesys\.sessions +\d+/);
    expect(await databaseText(pool, isOwn)).toBe(before);
  });

  test('is nowhere any more, in any notation, and no conversation is lost', async () => {
    // Where no column is for it: in an attribute, in a dead letter, in the answer of a survey.
    const { id } = await one<{ id: string }>(
      `select conversation_id::text as id from genesys.sessions where ani = $1 order by 1 limit 1`,
      [address],
    );
    const spaced = address.replace(/^tel:(\+\d\d)(\d+)(\d{3})$/, '$1 $2-$3');
    const letter = {
      conversationId: id,
      conversationStart: 'no time',
      participants: [{ participantName: 'Someone', note: `call ${spaced}` }],
    };
    await pool.query(
      `insert into extract.dead_letters (stream, record_id, reason, record, record_hash, as_of, first_seen_at, last_seen_at)
       values ('conversations', $1, 'test', $2, md5($2)::uuid, $3, $3, $3)`,
      [id, JSON.stringify(letter), at],
    );
    await pool.query(
      `insert into wrapup.surveys (source, survey_id, conversation_id, answered_at, received_at, comment, fields, digest)
       values ('test', '1', $1, $2, $2, 'My name is Someone', '{"phone": "x"}', md5('1')::uuid)`,
      [id, at],
    );
    const result = await run('erase', '--address', spaced);
    expect(result).toMatchObject({ status: 0 });
    expect(await placesOf(address)).toEqual([]);
    expect(await databaseText(pool)).not.toContain('Someone');
    const { count } = await one<{ count: number }>('select count(*)::int as count from genesys.conversations');
    expect(count).toBe(conversations);
    expect(
      (
        await one<{ ani: string }>(`select ani from genesys.sessions where conversation_id = $1 and ani is not null`, [
          id,
        ])
      ).ani,
    ).toBe('[erased]');
  });

  test('leaves no restatement and no as_of behind, since Genesys said nothing new', async () => {
    const { rows } = await pool.query(`select from extract.restatements where stream = 'erase'`);
    expect(rows).toEqual([]);
    const { count } = await one<{ count: number }>(
      `select count(*)::int as count from extract.stored_conversations as v join genesys.conversations as c using (conversation_id) where v.as_of < c.as_of`,
    );
    expect(count).toBe(0);
  });

  test('does not come back when everything is pulled again by query and by job, with the directory and the dead letters', {
    timeout: 120_000,
  }, async () => {
    await pullEverythingAgain();
    expect(await placesOf(address)).toEqual([]);
  });

  test('does not come back with a corrected answer of a survey about such a conversation', async () => {
    const { id } = await one<{ id: string }>('select conversation_id::text as id from wrapup.surveys limit 1');
    const survey = {
      source: 'test',
      surveyId: '2',
      conversationId: id,
      answeredAt: at,
      queueId: null,
      userId: null,
      promoterScore: 9,
      satisfaction: null,
      category: null,
      comment: 'It was me, Someone',
      fields: { phone: '1' },
    };
    expect(await storeSurveys(pool, [survey], { now: at })).toMatchObject({ stored: 1 });
    const stored = await one(
      `select comment, fields, promoter_score::int as score from wrapup.surveys where survey_id = '2'`,
    );
    expect(stored).toEqual({ comment: '[erased]', fields: {}, score: 9 });
  });

  test('changes nothing the second time', async () => {
    const result = await run('erase', '--address', address);
    expect(result).toMatchObject({ status: 0 });
    expect(result.output).not.toContain('rows_changed');
  });
});

describe('an external contact, removed', () => {
  test('is gone with the id, the names and the attributes of its conversations, permanently', {
    timeout: 120_000,
  }, async () => {
    const { id, contact, name } = await one<{ id: string; contact: string; name: string }>(
      `select conversation_id::text as id, external_contact_id::text as contact, participant_name as name from genesys.participants
       where external_contact_id is not null and length(participant_name) > 6 and purpose = 'customer' order by 1 limit 1`,
    );
    expect(await run('erase', '--external-contact', contact, '--remove')).toMatchObject({ status: 0 });
    await pullEverythingAgain();
    const text = await databaseText(pool);
    expect(text).not.toContain(contact);
    const record = JSON.stringify(
      (await one<{ record: unknown }>('select genesys.conversation_json($1) as record', [id])).record,
    );
    expect(record).not.toContain(name);
    expect(record).not.toMatch(/"ani"|"addressFrom"|"wrapUpNote"/);
  });
});

describe('a user of the organisation', () => {
  test('loses name and e-mail address in the directory with its history and in conversations, permanently; the figures keep the id', {
    timeout: 120_000,
  }, async () => {
    const { id, name, email } = await one<{ id: string; name: string; email: string }>(
      `select user_id::text as id, name, email from genesys.users where valid_to is null and email is not null
           and user_id in (select user_id from genesys.participants) order by 1 limit 1`,
    );
    await pool.query(
      `insert into genesys.users (user_id, valid_from, valid_to, name, email, content_hash, extra)
       values ($1, '2020-01-01', '2020-02-01', 'Former Name', $2, md5('')::uuid, '{"addresses": [{"address": "+15550199"}]}')`,
      [id, email],
    );
    const sessions = () =>
      one<{ count: number }>('select count(*)::int as count from mart.fct_agent_sessions where user_id = $1', [id]);
    const before = await sessions();
    const result = await run('erase', '--user', id);
    expect(result).toMatchObject({ status: 0 });
    expect(result.output).toMatch(/genesys\.users +2/);
    await pullEverythingAgain();
    const text = await databaseText(pool);
    for (const personal of [email, name, 'Former Name', '+15550199']) expect(text).not.toContain(personal);
    expect(await sessions()).toEqual(before);
    const { rows } = await pool.query('select distinct user_name from mart.dim_users where user_id = $1', [id]);
    expect(rows).toEqual([{ user_name: '[erased]' }]);
  });
});

test('what is stored to recognise people is a digest, not an identifier', async () => {
  const { rows } = await pool.query('select subject, digest from extract.erasures');
  expect(rows.length).toBeGreaterThan(2);
  for (const { digest } of rows) expect(digest).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  [['erase'], /Name one person/],
  [['erase', '--address', '12'], /too short/],
  [['erase', '--user', 'Ines'], /is not a UUID; use the id/],
  [['erase', '--address', '+49301234567', '--mask', '--remove'], /exclude each other/],
])('%j is refused with one sentence', async (args, sentence) => {
  const result = await run(...args);
  expect(result.status).toBe(2);
  expect(result.output).toMatch(sentence);
});
