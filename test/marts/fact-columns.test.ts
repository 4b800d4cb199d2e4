import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

const [service, sales, ann, bob, eve, division, sale] = [101, 102, 11, 12, 13, 71, 21].map(id) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const [team, campaign, german, billing, refunds] = [81, 82, 83, 84, 85].map(id) as [
  string,
  string,
  string,
  string,
  string,
];
let marts: Marts;

const answered = (seconds: number, time: string) => ({ metrics: [metric('tAnswered', seconds, time)] });
const talk = (queueId: string, start: string, end: string, more: JsonObject = {}, of: JsonObject = {}) =>
  session([segment('interact', start, end, { queueId, ...more })], of);

/** Ann answers after 25 s, passes on to Sales; Bob takes it and gives a code; Eve listens. */
const transferred = conversation(
  1,
  [
    customer,
    participant('acd', [
      session(
        [
          segment('interact', '10:00:00', '10:00:25', {
            queueId: service,
            requestedLanguageId: german,
            requestedRoutingSkillIds: [refunds, billing],
          }),
        ],
        { metrics: [metric('nOffered', 1, '10:00:00')] },
      ),
    ]),
    agent(ann, talk(service, '10:00:25', '10:05:00', { disconnectType: 'transfer' }, answered(25, '10:00:25'))),
    participant('acd', [session([segment('interact', '10:05:00', '10:05:10', { queueId: sales })])]),
    participant(
      'agent',
      [
        session(
          [
            segment('interact', '10:05:10', '10:09:00', { queueId: sales }),
            segment('wrapup', '10:09:00', '10:10:00', { queueId: sales, wrapUpCode: sale }),
          ],
          { ...answered(10, '10:05:10'), recording: true },
        ),
      ],
      { userId: bob, teamId: team },
    ),
    agent(eve, session([segment('monitoring', '10:06:00', '10:08:00')])),
  ],
  {
    divisionIds: [division, id(72)],
    mediaStatsMinConversationMos: 4.25,
    selfServed: false,
    surveys: [
      { surveyId: id(1), queueId: sales, userId: bob, surveyType: 'Web', eventTime: at('11:00') },
      { surveyId: id(2), queueId: sales, userId: bob, surveyType: 'Voice', eventTime: at('11:00') },
    ],
    evaluations: [{ evaluationId: id(3), queueId: service, userId: ann, evaluatorId: eve, eventTime: at('12:00') }],
  },
);

/** A callback of Ann's that is called twice, and the call counts beside it. */
const callback = conversation(2, [
  customer,
  participant('acd', [
    session([segment('interact', '10:00', '10:15:10', { queueId: service })], {
      mediaType: 'callback',
      callbackScheduledTime: at('10:15'),
    }),
  ]),
  agent(
    ann,
    talk(service, '10:15:10', '10:20:00', {}, { mediaType: 'callback', ...answered(10, '10:15:10') }),
    session([segment('dialing', '10:16:30', '10:16:50')]),
    session([
      segment('dialing', '10:18:00', '10:18:10'),
      segment('interact', '10:18:10', '10:20:00', { queueId: service }),
    ]),
  ),
]);

const waiting = conversation(
  3,
  [customer, participant('acd', [session([segment('interact', '10:00', null, { queueId: service })])])],
  { conversationEnd: undefined },
);

const selfServed = conversation(4, [customer, participant('ivr', [session([segment('ivr', '10:00', '10:01')])])], {
  selfServed: true,
});

beforeAll(async () => {
  marts = await openMarts();
  for (const [queue_id, name] of [
    [service, 'Service'],
    [sales, 'Sales'],
  ]) {
    await insertEntity(marts, { relation: 'queues', values: { queue_id, name, acw_wrapup_prompt: 'MANDATORY' } });
  }
  for (const [user_id, name] of [
    [ann, 'Ann'],
    [bob, 'Bob'],
    [eve, 'Eve'],
  ]) {
    await insertEntity(marts, { relation: 'users', values: { user_id, name } });
  }
  await insertEntity(marts, { relation: 'teams', values: { team_id: team, name: 'North' } });
  await insertEntity(marts, { relation: 'campaigns', values: { campaign_id: campaign, name: 'Spring' } });
  await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code: sale, name: 'Sale' } });
  for (const [table, key, rows] of [
    ['languages', 'language_id', [[german, 'German']]],
    [
      'skills',
      'skill_id',
      [
        [billing, 'Billing'],
        [refunds, 'Refunds'],
      ],
    ],
  ] as const) {
    for (const [entity, name] of rows) {
      await marts.rows(
        `insert into genesys.${table} (${key}, valid_from, name, content_hash) values ($1, '2026-01-01', $2, $3)`,
        [entity, name, id(0)],
      );
    }
  }
  await marts.load([transferred, callback, waiting, selfServed]);
});
afterAll(() => marts?.close());

const one = async (columns: string, relation: string, condition: string) =>
  (await marts.rows(`select ${columns} from mart.${relation} where ${condition}`))[0];

describe('fct_conversations', () => {
  const of = (number: number, columns: string) =>
    one(columns, 'fct_conversations', `conversation_id = '${id(number)}'`);

  test('names the first and the last queue and agent', async () => {
    expect(
      await of(1, 'first_queue_name, last_queue_name, first_user_id, first_user_name, last_user_id, last_user_name'),
    ).toEqual({
      first_queue_name: 'Service',
      last_queue_name: 'Sales',
      first_user_id: ann,
      first_user_name: 'Ann',
      last_user_id: eve,
      last_user_name: 'Eve',
    });
  });

  test('has divisions, voice quality, surveys and evaluations of the conversation', async () => {
    expect(
      await of(1, 'division_ids, min_mos::float, survey_count::int, evaluation_count::int, handled_day::text'),
    ).toEqual({
      division_ids: `${division},${id(72)}`,
      min_mos: 4.25,
      survey_count: 2,
      evaluation_count: 1,
      handled_day: null,
    });
  });

  test('marks who waits and who was served without an agent', async () => {
    const flags = 'is_waiting, is_self_served, is_abandoned';
    expect(await of(1, flags)).toEqual({ is_waiting: false, is_self_served: false, is_abandoned: false });
    expect(await of(3, flags)).toEqual({ is_waiting: true, is_self_served: false, is_abandoned: false });
    expect(await of(4, flags)).toEqual({ is_waiting: false, is_self_served: true, is_abandoned: false });
  });

  test('waited as long as its stays in queues did together', async () => {
    expect(await of(1, 'wait_seconds::float')).toEqual({ wait_seconds: 35 });
    expect(await of(3, 'wait_seconds')).toEqual({ wait_seconds: null });
  });

  test('has the code of an agent as the effective one', async () => {
    expect(await of(1, 'effective_wrapup_code, effective_wrapup_name')).toEqual({
      effective_wrapup_code: sale,
      effective_wrapup_name: 'Sale',
    });
    expect(await of(2, 'effective_wrapup_code')).toEqual({ effective_wrapup_code: null });
  });
});

describe('fct_agent_sessions', () => {
  const of = (number: number, user: string, columns: string, more = '') =>
    one(columns, 'fct_agent_sessions', `conversation_id = '${id(number)}' and user_id = '${user}' ${more}`);

  test('knows the stay that it answered, and the stay knows it', async () => {
    expect(await of(1, ann, 'leg_key')).toEqual({ leg_key: `${id(1)}:2:1` });
    expect(await of(1, eve, 'leg_key')).toEqual({ leg_key: null });
  });

  test('says whether another session of the conversation has the code', async () => {
    expect(await of(1, ann, 'is_coded, is_codable, is_conversation_coded')).toEqual({
      is_coded: false,
      is_codable: true,
      is_conversation_coded: true,
    });
    expect(await of(2, ann, 'is_conversation_coded')).toEqual({ is_conversation_coded: false });
  });

  test('marks the call that belongs to a callback of the same agent', async () => {
    const rows = await marts.rows(
      `select media_type, is_callback_voice from mart.fct_agent_sessions where conversation_id = $1 order by session_no`,
      [id(2)],
    );
    expect(rows.map((row) => [row.media_type, row.is_callback_voice])).toEqual([
      ['callback', false],
      ['voice', true],
      ['voice', true],
    ]);
    expect(await of(1, bob, 'is_callback_voice')).toEqual({ is_callback_voice: false });
  });

  test('names the team, and marks monitoring and recording', async () => {
    const columns = 'team_name, is_recorded, is_monitoring, is_coaching, is_barging';
    const none = { is_coaching: false, is_barging: false };
    expect(await of(1, bob, columns)).toEqual({ team_name: 'North', is_recorded: true, is_monitoring: false, ...none });
    expect(await of(1, eve, columns)).toEqual({ team_name: null, is_recorded: false, is_monitoring: true, ...none });
  });
});

test('a stay in a queue has its bucket of waiting, what it asked for, and from where it was passed on', async () => {
  const rows = await marts.rows(
    `select queue_name, wait_bucket, requested_language, requested_skills, transferred_from_queue_id
     from mart.fct_queue_legs where conversation_id = $1 order by started_at`,
    [id(1)],
  );
  expect(rows).toEqual([
    {
      queue_name: 'Service',
      wait_bucket: '20_30',
      requested_language: 'German',
      requested_skills: 'Billing, Refunds',
      transferred_from_queue_id: null,
    },
    {
      queue_name: 'Sales',
      wait_bucket: '0_10',
      requested_language: null,
      requested_skills: null,
      transferred_from_queue_id: service,
    },
  ]);
});

test('a survey and an evaluation belong to one agent session, with its code and medium', async () => {
  const columns = 'session_key, media_type, wrapup_code, wrapup_name, user_name, queue_name';
  const ofBob = {
    session_key: `${id(1)}:5:1`,
    media_type: 'voice',
    wrapup_code: sale,
    wrapup_name: 'Sale',
    user_name: 'Bob',
    queue_name: 'Sales',
  };
  const surveys = await marts.rows(`select ${columns}, is_invited from mart.fct_surveys order by survey_no`);
  expect(surveys).toEqual([
    { ...ofBob, is_invited: true },
    { ...ofBob, is_invited: false },
  ]);
  expect(await marts.rows(`select ${columns}, evaluator_user_name from mart.fct_evaluations`)).toEqual([
    {
      session_key: `${id(1)}:3:1`,
      media_type: 'voice',
      wrapup_code: null,
      wrapup_name: null,
      user_name: 'Ann',
      queue_name: 'Service',
      evaluator_user_name: 'Eve',
    },
  ]);
});

test('a callback counts its attempts from the first one on', async () => {
  expect(await one('attempt_count::int, first_attempt_at', 'fct_callbacks', 'true')).toEqual({
    attempt_count: 2,
    first_attempt_at: new Date(at('10:16:30')),
  });
});
