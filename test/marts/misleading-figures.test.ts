/** Figures that are right and mislead: each has a column, a check or a word that says so. Worked out by hand. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertGroup } from './interval-support.js';
import {
  agent,
  conversation,
  customer,
  id,
  insertEntity,
  type Marts,
  metric,
  openMarts,
  segment,
  session,
} from './support.js';

const [service, ann] = [id(101), id(11)];
let marts: Marts;

/** A handling by Ann that ends at noon and takes `hours` of handle time. */
const handled = (number: number, hours: number, more: object = {}) =>
  conversation(number, [
    { ...customer, sessions: [session([], more as never)] },
    agent(
      ann,
      session(
        [
          segment('interact', '10:00', '11:00', { queueId: service }),
          segment('wrapup', '11:00', '12:00', { queueId: service, wrapUpCode: number < 3 ? id(31) : id(32) }),
        ],
        { metrics: [metric('tHandle', hours * 3_600, '12:00:00')] },
      ),
    ),
  ]);

beforeAll(async () => {
  marts = await openMarts();
  const caller = { ani: 'tel:+49305550199' };
  await marts.load([
    handled(1, 0.5, caller),
    { ...handled(2, 20, caller), conversationStart: '2026-03-02T10:10:00.000Z' },
    { ...handled(3, 4, caller), conversationStart: '2026-03-02T10:20:00.000Z' },
  ]);
});
afterAll(() => marts?.close());

describe('handlings that carry a mean', () => {
  test('are marked from more than four hours on', async () => {
    const rows = await marts.rows(
      'select handle_seconds::int / 3600.0 as hours, is_outlier from mart.fct_agent_sessions order by conversation_id',
    );
    expect(rows.map((row) => [Number(row.hours), row.is_outlier])).toEqual([
      [0.5, false],
      [20, true],
      [4, false],
    ]);
  });

  test('are counted by ops_quality in their queue on the day on which they were completed', async () => {
    const rows = await marts.rows(
      `select queue_id, media_type, figure::int, day::text from mart.ops_quality where check_name = 'handle_time_outlier'`,
    );
    expect(rows).toEqual([{ queue_id: service, media_type: 'voice', figure: 1, day: '2026-03-02' }]);
  });
});

test('a day on which nothing began though all of it was pulled is named, and no other', async () => {
  await marts.rows(
    `insert into extract.slices (stream, slice_from, slice_to, priority, pass, requested_at, last_pass_at)
     values ('conversation_history', '2026-03-01', '2026-03-05', 1, 1, now(), now())`,
  );
  await marts.load([{ ...handled(4, 1), conversationStart: '2026-03-04T10:00:00.000Z' }]);
  const rows = await marts.rows(`select day::text from mart.ops_quality where check_name = 'empty_day' order by day`);
  expect(rows).toEqual([{ day: '2026-03-03' }]);
});

test('the next contact of a customer says whether it had the same code, and how long after the one before it came', async () => {
  const rows = await marts.rows(
    `select right(conversation_id::text, 1) as no, contacts.is_same_code, contacts.repeat_after_seconds::int as after,
            conversations.repeat_after_seconds::int as conversation_after
     from mart.fct_repeat_contacts as contacts inner join mart.fct_conversations as conversations using (conversation_id)
     where conversation_id <> $1 order by conversation_id`,
    [id(4)],
  );
  expect(rows).toEqual([
    { no: '1', is_same_code: false, after: null, conversation_after: null },
    { no: '2', is_same_code: true, after: 600, conversation_after: 600 },
    { no: '3', is_same_code: false, after: 600, conversation_after: 600 },
  ]);
});

describe('comments, which the dictionary repeats', () => {
  const withoutWord = (condition: string, word: string) =>
    marts.rows<{ name: string }>(
      `select relation || '.' || column_name as name from mart.ops_dictionary where (${condition}) and description !~* $1`,
      [word],
    );

  test('say of every answer time that media must not be mixed', async () => {
    expect(await withoutWord(`column_name = 'average_answer_seconds'`, 'one media type|each')).toEqual([]);
  });

  test('say of instants in whose zone a client shows them', async () => {
    const condition = `data_type = 'timestamp with time zone' and column_name in ('started_at', 'interval_start_at', 'ended_at')`;
    expect(await withoutWord(condition, 'zone of your session|^null|see started_at')).toEqual([]);
  });

  test('say of local times of facts that an hour occurs twice when clocks go back', async () => {
    const condition = `relation like 'fct%' and column_name in ('started_local', 'interval_start_local', 'conversation_started_local')`;
    expect(await withoutWord(condition, 'clocks go back')).toEqual([]);
  });
});

test('the cookbook divides by what cannot be zero only, and never whole numbers by whole numbers', () => {
  const page = readFileSync(new URL('../../docs/cookbook.md', import.meta.url), 'utf8');
  const statements = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  expect(statements.length).toBeGreaterThan(60);
  const divisions = statements.flatMap((text) =>
    [...text.replaceAll(/'[^']*'/g, '').matchAll(/\S+\s*\/\s*(\S+)/g)].map(([found]) => found),
  );
  expect(divisions.filter((text) => !/\/\s*(nullif\(|sum\(count|[1-9])/.test(text))).toEqual([]);
});

test('a handling counts on the day on which it ended, beside the day on which it began', async () => {
  const late = conversation(5, [
    { ...customer, sessions: [session([])] },
    agent(
      ann,
      session([segment('interact', '23:50', '23:59', { queueId: service })], {
        metrics: [{ ...metric('tHandle', 900, '00:10:00'), emitDate: '2026-03-03T00:10:00.000Z' }],
      }),
    ),
  ]);
  await marts.load([late]);
  const rows = await marts.rows(
    'select day::text, handled_day::text, handle_seconds::int from mart.fct_agent_sessions where conversation_id = $1',
    [id(5)],
  );
  expect(rows).toEqual([{ day: '2026-03-02', handled_day: '2026-03-03', handle_seconds: 900 }]);
});

test('a code that the directory does not know is none in every relation, and is one in each once it is known', async () => {
  await insertGroup(marts, {
    table: 'wrapup_aggregates',
    start: '2026-03-02T11:30:00Z',
    dimensions: { queue_id: service, user_id: ann, media_type: 'voice', wrap_up_code: id(32) },
    figures: { tHandle: [1, 14_400_000] },
  });
  const verdicts = () =>
    marts.rows(
      `select sessions.is_coded as session, conversations.is_coded as conversation, conversations.coded_count::int as count,
              wrapups.is_coded as segment, intervals.is_coded as interval
       from mart.fct_agent_sessions as sessions
       inner join mart.fct_conversations as conversations using (conversation_id)
       inner join mart.fct_wrapups as wrapups using (conversation_id)
       cross join mart.fct_wrapup_intervals as intervals
       where conversation_id = $1`,
      [id(3)],
    );
  await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code: id(31), name: 'Solved' } });
  expect(await verdicts()).toEqual([
    { session: false, conversation: false, count: 0, segment: false, interval: false },
  ]);
  await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code: id(32), name: 'Passed on' } });
  expect(await verdicts()).toEqual([{ session: true, conversation: true, count: 1, segment: true, interval: true }]);
});
