import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  agent,
  at,
  conversation,
  customer,
  id,
  type Marts,
  metric,
  openMarts,
  participant,
  segment,
  session,
} from './support.js';

/** Consults, merges and contacts of weeks: one contact is one row, and nothing of it counts twice. */
const [queueId, code] = [id(81), id(82)];
const [ann, ben] = [id(1), id(2)];

const stay = participant('acd', [
  session([segment('interact', '10:00:30', '10:01:00', { queueId, disconnectType: 'transfer' })], {
    sessionId: id(91),
    metrics: [metric('nOffered', 1), metric('tAcd', 30)],
  }),
]);

/** Ann answers, asks Ben in a separate session while the customer holds, and transfers the call to him. */
const consult = conversation(1, [
  customer,
  stay,
  agent(
    ann,
    session(
      [
        segment('alert', '10:00:50', '10:01:00', { queueId }),
        segment('interact', '10:01:00', '10:03:00', { queueId }),
        segment('hold', '10:03:00', '10:05:00', { queueId, disconnectType: 'consultTransfer' }),
      ],
      {
        metrics: [
          metric('tAnswered', 30),
          metric('tTalkComplete', 120),
          metric('tHeldComplete', 120),
          metric('tHandle', 240),
          metric('nConsult', 1),
          metric('nTransferred', 1),
          metric('nConsultTransferred', 1),
        ],
      },
    ),
    session([segment('dialing', '10:03:00', '10:03:10'), segment('interact', '10:03:10', '10:05:00')], {
      direction: 'outbound',
    }),
  ),
  agent(
    ben,
    session(
      [
        segment('interact', '10:03:10', '10:10:00', { disconnectType: 'peer' }),
        segment('wrapup', '10:10:00', '10:10:30', { queueId, wrapUpCode: code }),
      ],
      { metrics: [metric('tTalkComplete', 410), metric('tAcw', 30), metric('tHandle', 440, '10:10:30')] },
    ),
  ),
]);

/** Two conversations that were merged: each names the other, and the peer of the second one's agent is in neither. */
const merged = [
  conversation(2, [
    participant('customer', [
      session([
        segment('interact', '10:00:00', '10:05:00', {
          disconnectType: 'conferenceTransfer',
          destinationConversationId: id(3),
        }),
      ]),
    ]),
    stay,
    agent(
      ann,
      session([segment('interact', '10:01:00', '10:05:00', { queueId, disconnectType: 'conferenceTransfer' })], {
        metrics: [metric('tAnswered', 30), metric('tTalkComplete', 240), metric('tHandle', 240)],
      }),
    ),
  ]),
  conversation(3, [
    customer,
    stay,
    agent(
      ben,
      session(
        [
          segment('interact', '10:01:00', '10:05:00', { queueId }),
          segment('interact', '10:05:00', '10:12:00', { queueId, conference: true, sourceConversationId: id(2) }),
        ],
        {
          peerId: id(99),
          metrics: [metric('tAnswered', 30), metric('tTalkComplete', 660), metric('tHandle', 660, '10:12:00')],
        },
      ),
    ),
  ]),
];

/** A message that began in January, was answered in March and ended then. */
const ofWeeks = conversation(
  4,
  [
    participant('customer', [
      {
        mediaType: 'message',
        segments: [segment('interact', '10:00', '10:20', { segmentStart: '2026-01-20T09:00:00.000Z' })],
      },
    ]),
    agent(
      ann,
      session([segment('interact', '10:01', '10:20', { queueId })], {
        mediaType: 'message',
        metrics: [metric('tHandle', 1_140, '10:20:00')],
      }),
    ),
  ],
  { conversationStart: '2026-01-20T09:00:00.000Z', conversationEnd: at('10:20:00') },
);

let marts: Marts;
beforeAll(async () => {
  marts = await openMarts();
  await marts.load([consult, ...merged, ofWeeks]);
});
afterAll(() => marts?.close());

describe('a consult', () => {
  test('is answered once, by the agent who took it from the queue', async () => {
    const rows = await marts.rows(
      `select outcome, answer_user_id, answer_participant_no::int, answer_session_no::int, answer_seconds::float as seconds
       from mart.fct_queue_legs where conversation_id = $1`,
      [id(1)],
    );
    expect(rows).toEqual([
      { outcome: 'answered', answer_user_id: ann, answer_participant_no: 3, answer_session_no: 1, seconds: 30 },
    ]);
  });

  test('has a session for each part of it, of which two are handled and one bears the code', async () => {
    const rows = await marts.rows(
      `select user_id, is_handled, is_transferred, is_coded, wrapup_cause
       from mart.fct_agent_sessions where conversation_id = $1 order by participant_no, session_no`,
      [id(1)],
    );
    expect(rows).toEqual([
      { user_id: ann, is_handled: true, is_transferred: true, is_coded: false, wrapup_cause: 'transferred_before_acw' },
      { user_id: ann, is_handled: false, is_transferred: false, is_coded: false, wrapup_cause: 'non_acd' },
      { user_id: ben, is_handled: true, is_transferred: false, is_coded: true, wrapup_cause: null },
    ]);
  });

  test('is one conversation with one transfer', async () => {
    const rows = await marts.rows(
      `select agent_session_count::int, handled_count::int, transferred_count::int, handle_seconds::float, queue_leg_count::int
       from mart.fct_conversations where conversation_id = $1`,
      [id(1)],
    );
    expect(rows).toEqual([
      { agent_session_count: 3, handled_count: 2, transferred_count: 1, handle_seconds: 680, queue_leg_count: 1 },
    ]);
  });
});

describe('merged conversations', () => {
  test('stay two, and each keeps its own handling', async () => {
    const rows = await marts.rows(
      `select conversation_id, handled_count::int, handle_seconds::float, is_abandoned
       from mart.fct_conversations where conversation_id = any($1) order by 1`,
      [[id(2), id(3)]],
    );
    expect(rows).toEqual([
      { conversation_id: id(2), handled_count: 1, handle_seconds: 240, is_abandoned: false },
      { conversation_id: id(3), handled_count: 1, handle_seconds: 660, is_abandoned: false },
    ]);
  });

  test('have their stays answered by queue and time, also where the peer that is named does not exist', async () => {
    const rows = await marts.rows(
      `select conversation_id, outcome, answer_user_id from mart.fct_queue_legs where conversation_id = any($1) order by 1`,
      [[id(2), id(3)]],
    );
    expect(rows).toEqual([
      { conversation_id: id(2), outcome: 'answered', answer_user_id: ann },
      { conversation_id: id(3), outcome: 'answered', answer_user_id: ben },
    ]);
  });

  test('still name each other in the stored record', async () => {
    const rows = await marts.rows<{ json: string }>(
      'select genesys.conversation_json(id)::text as json from unnest($1::uuid[]) as id',
      [[id(2), id(3)]],
    );
    expect(rows[0]?.json).toContain(`"destinationConversationId":"${id(3)}"`.replace(':"', ': "'));
    expect(rows[1]?.json).toContain(`"sourceConversationId":"${id(2)}"`.replace(':"', ': "'));
  });
});

describe('a conversation of weeks', () => {
  test('is one row under its start, and its handling counts on the day on which it ended', async () => {
    const [facts] = await marts.rows(
      `select count(*)::int as count, min(started_at) as started_at, min(ended_at) as ended_at
       from mart.fct_conversations where conversation_id = $1`,
      [id(4)],
    );
    expect(facts).toEqual({
      count: 1,
      started_at: new Date('2026-01-20T09:00:00Z'),
      ended_at: new Date(at('10:20:00')),
    });
    const days = await marts.rows(
      `select day::text, sum(handled_count)::int as handled from mart.rpt_handle_times
       where media_type = 'message' group by 1`,
    );
    expect(days).toEqual([{ day: '2026-03-02', handled: 1 }]);
  });

  test('is replaced whole when it comes again, from whatever source', async () => {
    await marts.load([{ ...ofWeeks, conversationEnd: at('10:25:00') }]);
    const rows = await marts.rows('select ended_at from mart.fct_conversations where conversation_id = $1', [id(4)]);
    expect(rows).toEqual([{ ended_at: new Date(at('10:25:00')) }]);
  });
});
