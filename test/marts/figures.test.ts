import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  agent,
  at,
  conversation,
  customer,
  id,
  insertEntity,
  type Marts,
  metric,
  openMarts,
  participant,
  segment,
  session,
} from './support.js';

const [ann, bob] = [id(1), id(2)];
const [service, sales] = [id(11), id(12)];
const code = id(21);

let marts: Marts;

/** A call of Service that Ann answers after 30 s, talks 3 min, holds 1 min, talks 1 min and hands to Sales, where Bob answers. */
const transferred = conversation(1, [
  customer,
  participant('acd', [
    session([segment('interact', '10:00:00', '10:00:30', { queueId: service, disconnectType: 'transfer' })], {
      sessionId: id(101),
      metrics: [metric('nOffered', 1), metric('tAcd', 30)],
    }),
    session([segment('interact', '10:05:30', '10:05:50', { queueId: sales, disconnectType: 'transfer' })], {
      metrics: [metric('nOffered', 1), metric('tAcd', 20), metric('nOverSla', 1)],
    }),
  ]),
  agent(
    ann,
    session(
      [
        segment('alert', '10:00:30', '10:00:30', { queueId: service }),
        segment('interact', '10:00:30', '10:03:30', { queueId: service }),
        segment('hold', '10:03:30', '10:04:30', { queueId: service }),
        segment('interact', '10:04:30', '10:05:30', { queueId: service, disconnectType: 'transfer' }),
        segment('wrapup', '10:05:30', '10:05:45', { queueId: service, wrapUpCode: code, wrapUpNote: 'called back' }),
      ],
      {
        sessionId: id(102),
        metrics: [
          metric('tAnswered', 30),
          metric('tTalk', 180),
          metric('tHeld', 60),
          metric('tTalk', 60),
          metric('tTalkComplete', 240),
          metric('tHeldComplete', 60),
          metric('tAcw', 15),
          metric('tHandle', 315, '10:05:45'),
          metric('nTransferred', 1),
          metric('nBlindTransferred', 1),
        ],
      },
    ),
  ),
  agent(
    bob,
    session([segment('interact', '10:05:50', '10:07:30', { queueId: sales, disconnectType: 'peer' })], {
      metrics: [metric('tAnswered', 20), metric('tTalkComplete', 100), metric('tHandle', 100, '10:07:30')],
    }),
  ),
]);

/** Ann never answers this alert, and still gets after-call work, as recorded payloads show. */
const unanswered = conversation(2, [
  customer,
  agent(
    ann,
    session(
      [
        segment('alert', '10:10:00', '10:10:20', { queueId: service }),
        segment('wrapup', '10:10:20', '10:11:21', { queueId: service, wrapUpCode: code }),
      ],
      { metrics: [metric('tAlert', 20), metric('tNotResponding', 20), metric('tAcw', 57), metric('tHandle', 57)] },
    ),
  ),
]);

beforeAll(async () => {
  marts = await openMarts('Europe/Berlin');
  for (const [user_id, name] of [
    [ann, 'Ann'],
    [bob, 'Bob'],
  ]) {
    await insertEntity(marts, { relation: 'users', values: { user_id, name, state: 'active' } });
  }
  for (const [queue_id, name] of [
    [service, 'Service'],
    [sales, 'Sales'],
  ]) {
    await insertEntity(marts, { relation: 'queues', values: { queue_id, name, acw_wrapup_prompt: 'MANDATORY' } });
  }
  await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code: code, name: 'Done' } });
  await marts.load([transferred, unanswered]);
});

afterAll(() => marts?.close());

describe('agent sessions', () => {
  test('carry seconds of their metrics, not of their segments', async () => {
    const rows = await marts.rows(
      `select user_name, queue_name, handle_seconds::float, talk_seconds::float, hold_seconds::float, acw_seconds::float,
              answer_seconds::float, is_handled, is_transferred, wrapup_name, wrapup_cause
       from mart.fct_agent_sessions order by started_at`,
    );
    expect(rows).toEqual([
      {
        user_name: 'Ann',
        queue_name: 'Service',
        handle_seconds: 315,
        talk_seconds: 240,
        hold_seconds: 60,
        acw_seconds: 15,
        answer_seconds: 30,
        is_handled: true,
        is_transferred: true,
        wrapup_name: 'Done',
        wrapup_cause: null,
      },
      {
        user_name: 'Bob',
        queue_name: 'Sales',
        handle_seconds: 100,
        talk_seconds: 100,
        hold_seconds: null,
        acw_seconds: null,
        answer_seconds: 20,
        is_handled: true,
        is_transferred: false,
        wrapup_name: null,
        wrapup_cause: 'unexplained',
      },
      {
        user_name: 'Ann',
        queue_name: 'Service',
        handle_seconds: 57,
        talk_seconds: null,
        hold_seconds: null,
        acw_seconds: 57,
        answer_seconds: null,
        is_handled: true,
        is_transferred: false,
        wrapup_name: 'Done',
        wrapup_cause: null,
      },
    ]);
  });
});

test('average handle time is the sum of handle time over its count, and each average has its own divisor', async () => {
  const rows = await marts.rows(
    `select day::text, queue_name, user_name, handled_count::int, talk_count::int, hold_count::int, acw_count::int,
            average_handle_seconds::float, average_talk_seconds::float, average_hold_seconds::float, average_acw_seconds::float
     from mart.rpt_handle_times order by user_name`,
  );
  // Ann: (315 + 57) / 2; talk 240 / 1 although she was counted twice; after-call work (15 + 57) / 2.
  expect(rows).toEqual([
    {
      day: '2026-03-02',
      queue_name: 'Service',
      user_name: 'Ann',
      handled_count: 2,
      talk_count: 1,
      hold_count: 1,
      acw_count: 2,
      average_handle_seconds: 186,
      average_talk_seconds: 240,
      average_hold_seconds: 60,
      average_acw_seconds: 36,
    },
    {
      day: '2026-03-02',
      queue_name: 'Sales',
      user_name: 'Bob',
      handled_count: 1,
      talk_count: 1,
      hold_count: 0,
      acw_count: 0,
      average_handle_seconds: 100,
      average_talk_seconds: 100,
      average_hold_seconds: null,
      average_acw_seconds: null,
    },
  ]);
});

test('each stay in a queue shows how it ended, how long it took and who answered', async () => {
  const rows = await marts.rows(
    `select queue_name, outcome, wait_seconds::float, answer_user_id, offered_count::int, over_sla_count::int
     from mart.fct_queue_legs order by started_at`,
  );
  expect(rows).toEqual([
    {
      queue_name: 'Service',
      outcome: 'answered',
      wait_seconds: 30,
      answer_user_id: ann,
      offered_count: 1,
      over_sla_count: 0,
    },
    {
      queue_name: 'Sales',
      outcome: 'answered',
      wait_seconds: 20,
      answer_user_id: bob,
      offered_count: 1,
      over_sla_count: 1,
    },
  ]);
});

test('a wrap-up segment keeps its own length beside the after-call work that Genesys counts', async () => {
  const rows = await marts.rows(
    `select user_id, wrapup_name, wrapup_note, is_coded, segment_seconds::float, session_acw_seconds::float
     from mart.fct_wrapups order by started_at`,
  );
  expect(rows).toEqual([
    {
      user_id: ann,
      wrapup_name: 'Done',
      wrapup_note: 'called back',
      is_coded: true,
      segment_seconds: 15,
      session_acw_seconds: 15,
    },
    {
      user_id: ann,
      wrapup_name: 'Done',
      wrapup_note: null,
      is_coded: true,
      segment_seconds: 61,
      session_acw_seconds: 57,
    },
  ]);
});

test('a conversation sums its sessions and lists its media types once', async () => {
  const rows = await marts.rows(
    `select media_types, first_queue_id, last_queue_id, agent_session_count::int, handled_count::int, transferred_count::int,
            duration_seconds::float, handle_seconds::float, is_open
     from mart.fct_conversations where conversation_id = $1`,
    [id(1)],
  );
  expect(rows).toEqual([
    {
      media_types: 'voice',
      first_queue_id: service,
      last_queue_id: sales,
      agent_session_count: 2,
      handled_count: 2,
      transferred_count: 1,
      duration_seconds: 1800,
      handle_seconds: 415,
      is_open: false,
    },
  ]);
});

describe('local times', () => {
  const started = (number: number, conversationStart: string) =>
    conversation(number, [customer], { conversationStart, conversationEnd: conversationStart });

  beforeAll(() =>
    marts.load([
      started(51, '2026-03-28T23:30:00.000Z'),
      started(52, '2026-03-29T00:30:00.000Z'),
      started(53, '2026-03-29T01:30:00.000Z'),
      started(54, '2026-10-25T00:30:00.000Z'),
      started(55, '2026-10-25T01:30:00.000Z'),
      started(56, '2026-10-25T23:30:00.000Z'),
    ]),
  );

  test('follow the clock of the reporting zone across both changes', async () => {
    const rows = await marts.rows(
      'select started_local::text as local from mart.fct_conversations where started_at > $1 order by started_at',
      [at('23:00')],
    );
    expect(rows.map((row) => row.local)).toEqual([
      '2026-03-29 00:30:00',
      '2026-03-29 01:30:00',
      // 02:30 does not exist on this day.
      '2026-03-29 03:30:00',
      // 02:30 comes twice on this day.
      '2026-10-25 02:30:00',
      '2026-10-25 02:30:00',
      '2026-10-26 00:30:00',
    ]);
  });

  test('give each report the local day, which may have 23 or 25 hours', async () => {
    const rows = await marts.rows(
      `select report.day::text, dates.length_hours::int as hours, sum(report.conversation_count)::int as conversations
       from mart.rpt_wrapup_causes as report
       inner join mart.dim_dates as dates on dates.day = report.day
       where report.day > '2026-03-02'
       group by report.day, dates.length_hours order by report.day`,
    );
    expect(rows).toEqual([
      { day: '2026-03-29', hours: 23, conversations: 3 },
      { day: '2026-10-25', hours: 25, conversations: 2 },
      { day: '2026-10-26', hours: 24, conversations: 1 },
    ]);
  });
});

test('dates run over forty years and know ISO weeks', async () => {
  const rows = await marts.rows(
    `select (select count(*)::int from mart.dim_dates) as days, iso_year_week, iso_weekday, is_weekend, week_start_day::text
     from mart.dim_dates where day = '2027-01-03'`,
  );
  expect(rows).toEqual([
    { days: 14_610, iso_year_week: '2026-W53', iso_weekday: 7, is_weekend: true, week_start_day: '2026-12-28' },
  ]);
});
