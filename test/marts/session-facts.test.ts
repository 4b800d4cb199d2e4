import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flatten } from '../../src/conversation/flatten.js';
import { sessionFacts, sessionFactsRelation } from '../../src/conversation/session-facts.js';
import { rebuildFacts } from '../../src/postgres/derived/rebuild.js';
import { migrate } from '../../src/postgres/migrate.js';
import { createWorld } from '../../src/sandbox/world/index.js';
import {
  agent,
  at,
  conversation,
  customer,
  id,
  insertEntity,
  type JsonObject,
  type Marts,
  metric,
  openMarts,
  participant,
  segment,
  session,
} from './support.js';

const queue = id(11);
const other = id(12);

/** The facts of a record as objects by column. */
function factsOf(record: JsonObject): Record<string, unknown>[] {
  return sessionFacts(flatten(record)).map((row) =>
    Object.fromEntries(sessionFactsRelation.columns.map((column, index) => [column.name, row[index]])),
  );
}

const agentFacts = (...sessions: JsonObject[]) => factsOf(conversation(1, [agent(id(1), ...sessions)]));
const time = (text: string) => Date.parse(at(text));
const [billing, refunds] = ['0000000a-0000-4000-8000-000000000001', '0000000a-0000-4000-8000-000000000002'];

/** The second segment asks for more than the first; an agent's session names skills, too, but is not a stay in a queue. */
const askingForSkills = conversation(3, [
  customer,
  participant('acd', [
    session([
      segment('interact', '10:00', '10:01', { queueId: queue, requestedRoutingSkillIds: [refunds] }),
      segment('interact', '10:01', '10:02', {
        queueId: queue,
        requestedRoutingSkillIds: [refunds.toUpperCase(), 'no id', billing, billing],
      }),
    ]),
    session([segment('interact', '10:02', '10:03', { queueId: queue, requestedRoutingSkillIds: [] })]),
  ]),
  agent(
    id(1),
    session([segment('interact', '10:01', '10:02', { queueId: queue, requestedRoutingSkillIds: [billing] })]),
  ),
]);

describe('session facts', () => {
  test('repeated metrics of one name are summed, and their emissions counted', () => {
    const metrics = [
      metric('tHeldComplete', 10),
      metric('tHandle', 100, '10:05:00'),
      metric('tHandle', 20, '10:09:00'),
      metric('nTransferred', 1),
      metric('nTransferred', 1),
    ];
    const [facts] = agentFacts(session([], { metrics }));
    expect(facts).toMatchObject({ handle_ms: 120_000, handle_count: 2, held_ms: 10_000, transferred_count: 2 });
  });

  test('a handling counts when its last part was emitted, in whatever order metrics come', () => {
    const metrics = [metric('tHandle', 20, '10:09:00'), metric('tHandle', 100, '10:05:00')];
    expect(agentFacts(session([], { metrics }))[0]).toMatchObject({ handled_at: time('10:09:00') });
  });

  test('parts of talk replace its total only where the total is missing', () => {
    const parts = [metric('tTalk', 30), metric('tTalk', 40)];
    const [whole] = agentFacts(session([], { metrics: [...parts, metric('tTalkComplete', 71)] }));
    expect(whole).toMatchObject({ talk_ms: 71_000, talk_count: 1 });
    expect(agentFacts(session([], { metrics: parts }))[0]).toMatchObject({ talk_ms: 70_000, talk_count: 1 });
  });

  test('what was not emitted is null, not zero', () => {
    expect(agentFacts(session([]))[0]).toMatchObject({ handle_ms: null, handle_count: null, offered_count: null });
  });

  test('the queue is the last that a segment names, the wrap-up segment included', () => {
    const segments = [
      segment('alert', '10:01', '10:02', { queueId: queue }),
      segment('interact', '10:02', '10:03'),
      segment('wrapup', '10:03', '10:04', { queueId: other }),
    ];
    expect(agentFacts(session(segments))[0]).toMatchObject({ queue_id: other });
    expect(agentFacts(session(segments.slice(0, 2)))[0]).toMatchObject({ queue_id: queue });
  });

  test('a session ends with its last segment, and not before each has an end', () => {
    const closed = [segment('hold', '10:02', '10:06'), segment('interact', '10:01', '10:05')];
    expect(agentFacts(session(closed))[0]).toMatchObject({
      started_at: time('10:01'),
      ended_at: time('10:06'),
      connected_at: time('10:01'),
      is_open: false,
    });
    const open = [...closed, segment('wrapup', '10:06', null)];
    expect(agentFacts(session(open))[0]).toMatchObject({ ended_at: null, is_open: true, is_wrapup_open: true });
  });

  test('a session without segments lies at the start of its conversation', () => {
    expect(agentFacts(session([]))[0]).toMatchObject({ started_at: time('10:00'), ended_at: null, is_open: false });
  });

  test('the last code and the last real code are distinguished, empty ones ignored', () => {
    const code = (wrapUpCode: string) => segment('wrapup', '10:03', '10:04', { wrapUpCode, wrapUpNote: '' });
    const [facts] = agentFacts(session([code(id(21)), code('ININ-WRAP-UP-TIMEOUT'), code('')]));
    expect(facts).toMatchObject({
      wrapup_count: 3,
      last_wrapup_code: 'ININ-WRAP-UP-TIMEOUT',
      last_real_wrapup_code: id(21),
      has_wrapup_note: false,
    });
  });

  test('six sessions of one agent are six rows, and each knows how many there are', () => {
    const rows = agentFacts(...Array.from({ length: 6 }, () => session([segment('interact', '10:01', '10:02')])));
    expect(rows.map((row) => row.session_no)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rows.map((row) => row.agent_session_count)).toEqual([6, 6, 6, 6, 6, 6]);
  });

  test('an agent without a user id is not an agent session', () => {
    const rows = factsOf(conversation(1, [participant('agent', [session([])]), customer]));
    expect(rows.map((row) => row.is_agent_session)).toEqual([false, false]);
  });

  test('a conversation without sessions has one row at position zero', () => {
    const rows = factsOf(conversation(1, [participant('customer', [])]));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      participant_no: 0,
      session_no: 0,
      started_at: time('10:00'),
      agent_session_count: 0,
    });
  });

  test('each stay in a queue is answered by the first agent session of that queue behind its start', () => {
    const leg = (start: string, end: string) => session([segment('interact', start, end, { queueId: queue })]);
    const answer = (start: string, seconds: number) =>
      session([segment('interact', start, '10:20', { queueId: queue })], { metrics: [metric('tAnswered', seconds)] });
    // Two stays in the same queue, answered by two agents; participants are not in the order of time.
    const rows = factsOf(
      conversation(1, [
        agent(id(2), answer('10:11', 60)),
        participant('acd', [leg('10:01', '10:02'), leg('10:10', '10:11')]),
        agent(id(1), answer('10:02', 61), answer('10:05', 99)),
      ]),
    );
    const legs = rows.filter((row) => row.is_queue_leg);
    expect(legs).toMatchObject([
      { answer_participant_no: 3, answer_session_no: 1, answer_ms: 61_000, answer_user_id: id(1) },
      { answer_participant_no: 1, answer_session_no: 1, answer_ms: 60_000, answer_user_id: id(2) },
    ]);
  });
});

describe('stored facts', () => {
  let marts: Marts;
  const asOfMs = Date.UTC(2026, 2, 5);
  const perDay = 400;

  beforeAll(async () => {
    marts = await openMarts();
    const world = createWorld({ seed: 11, agents: 40, conversationsPerDay: perDay, timeZone: 'Europe/Berlin' });
    const days = [Date.UTC(2026, 2, 3), Date.UTC(2026, 2, 4)];
    const records = days.flatMap((day) => world.conversationsOfDay(day).map((each) => each.render(asOfMs, false)));
    await marts.load([
      ...records.filter((record) => record !== undefined),
      conversation(1, []),
      conversation(2, [customer]),
      askingForSkills,
    ]);
  });

  afterAll(() => marts?.close());

  /** The planner takes joins on four key columns for joins of a few rows, and would compare every row with every other. */
  const withoutNestedLoops = async (text: string) => {
    const client = await marts.pool.connect();
    try {
      await client.query('begin');
      await client.query('set local enable_nestloop = off');
      return (await client.query(text)).rows;
    } finally {
      await client.query('rollback');
      client.release();
    }
  };

  test('equal the plain definition over the raw tables, row by row', async () => {
    const plain = readFileSync(join(import.meta.dirname, 'session-facts-plain.sql'), 'utf8');
    const [counts] = await withoutNestedLoops(
      `with plain as (${plain})
       select (select count(*)::int from plain) as plain_count,
              (select count(*)::int from genesys.session_facts) as stored_count,
              (select count(*)::int from (table plain except all table genesys.session_facts) as missing) as missing_count`,
    );
    expect(counts?.stored_count).toBeGreaterThan(perDay);
    expect(counts).toEqual({
      plain_count: counts?.stored_count,
      stored_count: counts?.stored_count,
      missing_count: 0,
    });
  });

  /** Rows that only one of the two relations has. */
  const differences = async (one: string, other: string) => {
    const sides = [
      [one, other],
      [other, one],
    ].map(([left, right]) => `(select count(*)::int from (${left} except all ${right}) as rows)`);
    const [row] = await marts.rows<{ count: number }>(`select ${sides.join(' + ')} as count`);
    return row?.count;
  };

  test.each([
    ['conversation_facts', perDay / 2],
    ['handling_facts', perDay / 2],
    ['leg_skill_facts', perDay / 10],
  ])('of %s equal their plain definition, row by row', async (name, rowsMin) => {
    const [row] = await marts.rows(`select count(*)::int as count from genesys.${name}`);
    expect(row?.count).toBeGreaterThan(rowsMin);
    expect(await differences(`table genesys.${name}`, `table genesys.int_${name}`)).toBe(0);
  });

  test('name a skill once for each stay that asks for it, in the order of asking, and nothing but ids', async () => {
    expect(
      await marts.rows(
        'select participant_no, session_no, skill_no, skill_id from genesys.leg_skill_facts where conversation_id = $1',
        [askingForSkills.conversationId],
      ),
    ).toEqual([
      { participant_no: 2, session_no: 1, skill_no: 1, skill_id: refunds },
      { participant_no: 2, session_no: 1, skill_no: 2, skill_id: billing },
    ]);
  });

  test('give the verdict of the session facts about each agent session, with a directory and without', async () => {
    const columns = 'conversation_id, participant_no, session_no, user_id, queue_id, wrapup_cause';
    const verdicts = () =>
      differences(
        `select ${columns} from genesys.int_wrapup_cases`,
        `select ${columns} from genesys.int_agent_sessions`,
      );
    expect(await verdicts()).toBe(0);
    const [code] = await marts.rows('select max(wrapup_code) as code from genesys.handling_facts');
    await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code: code?.code, name: 'The one left' } });
    const queues = await marts.rows(
      `select queue_id from genesys.handling_facts where wrapup_cause = 'unexplained' group by 1 order by 1 limit 2`,
    );
    const prompts = ['OPTIONAL', 'AGENT_REQUESTED'];
    for (const [index, { queue_id }] of queues.entries()) {
      const values = { queue_id, name: `Queue ${index}`, acw_wrapup_prompt: prompts[index] };
      await insertEntity(marts, { relation: 'queues', values });
    }
    const causes = await marts.rows('select distinct wrapup_cause as cause from genesys.int_wrapup_cases');
    expect(causes.map(({ cause }) => cause)).toEqual(expect.arrayContaining([null, 'code_deleted', 'acw_optional']));
    expect(await verdicts()).toBe(0);
  });

  test('are the same when rebuilt from the session facts', async () => {
    await marts.rows('truncate genesys.conversation_facts');
    await marts.rows('update genesys.handling_facts set handle_ms = 7');
    await marts.rows('truncate genesys.leg_skill_facts');
    await rebuildFacts(marts.pool, () => {});
    for (const name of ['conversation_facts', 'handling_facts', 'leg_skill_facts']) {
      expect(await differences(`table genesys.${name}`, `table genesys.int_${name}`)).toBe(0);
    }
  });

  test('are filled by migrate where an older version has stored conversations without them', async () => {
    const [stored] = await marts.rows('select count(*)::int as count from genesys.conversation_facts');
    for (const name of ['conversation_facts', 'handling_facts', 'leg_skill_facts']) {
      const partitions = await marts.rows<{ name: string }>(
        'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass',
        [`genesys.${name}`],
      );
      for (const partition of partitions) await marts.rows(`drop table ${partition.name}`);
    }
    await marts.rows(
      `delete from extract.settings where name in ('conversation_facts_digest', 'leg_skill_facts_digest')`,
    );
    await migrate(marts.pool, { timeZone: 'UTC' });
    const [filled] = await marts.rows('select count(*)::int as count from genesys.conversation_facts');
    expect(filled).toEqual(stored);
    expect(await differences('table genesys.handling_facts', 'table genesys.int_handling_facts')).toBe(0);
    const [skills] = await marts.rows('select count(*)::int as count from genesys.leg_skill_facts');
    expect(skills?.count).toBeGreaterThan(perDay / 10);
    expect(await differences('table genesys.leg_skill_facts', 'table genesys.int_leg_skill_facts')).toBe(0);
  });

  test('have the columns of the table, in its order and types', async () => {
    const rows = await marts.rows(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
       where attrelid = 'genesys.session_facts'::regclass and attnum > 2 and not attisdropped order by attnum`,
    );
    const types: Record<string, string> = { time: 'timestamp with time zone', texts: 'text[]' };
    expect(rows).toEqual(sessionFactsRelation.columns.map(({ name, type }) => ({ name, type: types[type] ?? type })));
  });
});
