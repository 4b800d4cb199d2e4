import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  agent,
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

const user = id(1);
const [optional, mandatory, timeBoxed, requested] = [id(11), id(12), id(13), id(14)];
const [sale, retired, unknown] = [id(21), id(22), id(23)];

interface Case {
  readonly rule: string;
  readonly cause: string | null;
  readonly record: (number: number) => JsonObject;
}

/** An agent's voice session in `queueId`: alert, talk and what follows. */
function handled(queueId: string, tail: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return session(
    [
      segment('alert', '10:01:00', '10:01:05', { queueId }),
      segment('interact', '10:01:05', '10:05:00', { queueId, disconnectType: 'peer' }),
      ...tail,
    ],
    { metrics: [metric('tAlert', 5), metric('tTalkComplete', 235), metric('tHandle', 235)], ...more },
  );
}

const wrapup = (code: string | null, more: JsonObject = {}) =>
  segment('wrapup', '10:05:00', '10:06:00', { ...(code === null ? {} : { wrapUpCode: code }), ...more });

const withAgent = (agentSession: JsonObject, more: JsonObject = {}) => {
  return (number: number) => conversation(number, [customer, agent(user, agentSession)], more);
};

const sessionCases: readonly Case[] = [
  { rule: 'a code that the directory lists', cause: null, record: withAgent(handled(mandatory, [wrapup(sale)])) },
  {
    rule: 'a code that was deleted since but whose name is known',
    cause: null,
    record: withAgent(handled(mandatory, [wrapup(retired)])),
  },
  {
    rule: 'a real code, then a second wrap-up that timed out',
    cause: null,
    record: withAgent(handled(mandatory, [wrapup(sale), wrapup('ININ-WRAP-UP-TIMEOUT')])),
  },
  {
    rule: 'a code that the directory has never had',
    cause: 'code_deleted',
    record: withAgent(handled(mandatory, [wrapup(unknown)])),
  },
  {
    rule: 'the deletion mark of the platform',
    cause: 'code_deleted',
    record: withAgent(handled(mandatory, [wrapup('ININ-WRAP-UP-DELETED')])),
  },
  {
    rule: 'the time-out mark of the platform, which is a code but not a real one',
    cause: 'acw_timeout',
    record: withAgent(handled(timeBoxed, [wrapup('ININ-WRAP-UP-TIMEOUT')])),
  },
  {
    rule: 'the skip mark of the platform',
    cause: 'acw_skipped',
    record: withAgent(handled(mandatory, [wrapup('ININ-WRAP-UP-SKIPPED')])),
  },
  {
    rule: 'a session marked acwSkipped without a code',
    cause: 'acw_skipped',
    record: withAgent(handled(mandatory, [wrapup(null)], { acwSkipped: true })),
  },
  {
    rule: 'any other code of the platform',
    cause: 'system_code',
    record: withAgent(handled(mandatory, [wrapup('ININ-OUTBOUND-PREVIEW-SKIPPED')])),
  },
  {
    rule: 'a direct call outside queues',
    cause: 'non_acd',
    record: (number) =>
      conversation(number, [participant('user', [session([segment('interact', '10:00', '10:02')])], { userId: user })]),
  },
  {
    rule: 'a supervisor who listens in',
    cause: 'non_acd',
    record: withAgent(session([segment('monitoring', '10:02:00', '10:04:00', { queueId: mandatory })])),
  },
  {
    rule: 'an alert that the agent let ring',
    cause: 'not_answered',
    record: withAgent(
      session([segment('alert', '10:01:00', '10:01:20', { queueId: mandatory, disconnectType: 'system' })], {
        metrics: [metric('tAlert', 20), metric('tNotResponding', 20), metric('nError', 1)],
      }),
    ),
  },
  {
    rule: 'an alert let ring while the conversation still continues',
    cause: 'not_answered',
    record: withAgent(session([segment('alert', '10:01:00', '10:01:20', { queueId: mandatory })]), {
      conversationEnd: undefined,
    }),
  },
  {
    rule: 'an alert that rings now',
    cause: 'still_open',
    record: withAgent(session([segment('alert', '10:01:00', null, { queueId: mandatory })]), {
      conversationEnd: undefined,
    }),
  },
  {
    rule: 'an outbound call on behalf of a queue that nobody took',
    cause: 'outbound_no_contact',
    record: withAgent(
      session([segment('dialing', '10:01:00', '10:01:40', { queueId: mandatory, disconnectType: 'peer' })], {
        direction: 'outbound',
        metrics: [metric('tDialing', 40), metric('nOutbound', 1)],
      }),
    ),
  },
  {
    rule: 'a wrap-up segment without an end',
    cause: 'still_open',
    record: withAgent(handled(mandatory, [segment('wrapup', '10:05:00', null)])),
  },
  {
    rule: 'a conversation without an end',
    cause: 'still_open',
    record: withAgent(handled(mandatory, []), { conversationEnd: undefined }),
  },
  {
    rule: 'a blind transfer to another queue',
    cause: 'transferred_before_acw',
    record: withAgent(
      session([segment('interact', '10:01:05', '10:05:00', { queueId: mandatory, disconnectType: 'transfer' })], {
        metrics: [metric('nTransferred', 1), metric('nBlindTransferred', 1)],
      }),
    ),
  },
  {
    rule: 'a short wrap-up without a code after a transfer',
    cause: 'transferred_before_acw',
    record: withAgent(handled(mandatory, [wrapup(null)], { metrics: [metric('nTransferred', 1)] })),
  },
  {
    rule: 'a callback session, which has no after-call work of its own',
    cause: 'callback_no_acw',
    record: withAgent(handled(mandatory, [], { mediaType: 'callback' })),
  },
  {
    rule: 'a queue that leaves the code to the agent',
    cause: 'acw_optional',
    record: withAgent(handled(optional, [wrapup(null)])),
  },
  {
    rule: 'a queue that gives after-call work on request',
    cause: 'acw_not_requested',
    record: withAgent(handled(requested, [])),
  },
  {
    rule: 'a message of a time-boxed queue, which closes without a mark',
    cause: 'digital_no_code',
    record: withAgent(handled(timeBoxed, [wrapup(null)], { mediaType: 'message' })),
  },
  {
    rule: 'a voice call of a mandatory queue with after-call work and no code',
    cause: 'unexplained',
    record: withAgent(handled(mandatory, [wrapup(null)])),
  },
];

const inQueue = (tail: JsonObject, metrics: readonly JsonObject[], more: JsonObject = {}) =>
  participant('acd', [
    session([segment('interact', '10:01:00', '10:02:00', { queueId: mandatory, ...tail })], { metrics, ...more }),
  ]);
const menu = participant('ivr', [session([segment('ivr', '10:00:00', '10:01:00')], { metrics: [metric('tIvr', 60)] })]);

const conversationCases: readonly Case[] = [
  {
    rule: 'a call that ended in the menu',
    cause: 'ivr_only',
    record: (number) => conversation(number, [customer, menu]),
  },
  {
    rule: 'a caller who gave up in the queue',
    cause: 'abandoned_in_queue',
    record: (number) =>
      conversation(number, [
        customer,
        menu,
        inQueue({ disconnectType: 'peer' }, [metric('tAcd', 60), metric('tAbandon', 60)]),
      ]),
  },
  {
    rule: 'an old record without metrics whose stay in the queue did not end by transfer',
    cause: 'abandoned_in_queue',
    record: (number) => conversation(number, [customer, inQueue({ disconnectType: 'endpoint' }, [])]),
  },
  {
    rule: 'a call that left the queue by its flow',
    cause: 'flow_out',
    record: (number) =>
      conversation(number, [
        customer,
        inQueue({ disconnectType: 'transfer' }, [metric('tAcd', 60), metric('tFlowOut', 60)]),
      ]),
  },
  {
    rule: 'a caller who left a voicemail',
    cause: 'voicemail',
    record: (number) =>
      conversation(number, [
        customer,
        inQueue({}, [metric('tFlowOut', 60)]),
        participant('voicemail', [
          session([segment('voicemail', '10:02:00', '10:03:00')], { metrics: [metric('tVoicemail', 60)] }),
        ]),
      ]),
  },
  {
    rule: 'a callback that nobody took, though it counts as abandoned',
    cause: 'callback_unanswered',
    record: (number) =>
      conversation(number, [customer, inQueue({}, [metric('tAbandon', 60)], { mediaType: 'callback' })]),
  },
  {
    rule: 'a dialer call that reached nobody',
    cause: 'outbound_no_contact',
    record: (number) =>
      conversation(
        number,
        [
          participant('customer', [
            session([segment('dialing', '10:00:00', '10:00:30', { disconnectType: 'peer' })], {
              outboundCampaignId: id(31),
              direction: 'outbound',
            }),
          ]),
        ],
        { originatingDirection: 'outbound' },
      ),
  },
  {
    rule: 'a dialer call that was reached and gave up in the queue',
    cause: 'abandoned_in_queue',
    record: (number) =>
      conversation(number, [
        participant('customer', [
          session([segment('interact', '10:00:00', '10:02:00')], { outboundCampaignId: id(31) }),
        ]),
        inQueue({}, [metric('tAcd', 60), metric('tAbandon', 60)], { outboundCampaignId: id(31) }),
      ]),
  },
  {
    rule: 'a conversation that still waits in the queue',
    cause: 'still_open',
    record: (number) =>
      conversation(
        number,
        [customer, participant('acd', [session([segment('interact', '10:01:00', null, { queueId: mandatory })])])],
        { conversationEnd: undefined },
      ),
  },
  {
    rule: 'a workflow without a customer',
    cause: 'system_generated',
    record: (number) =>
      conversation(number, [participant('workflow', [session([segment('system', '10:00', '10:01')])])]),
  },
  {
    rule: 'a conversation without any session',
    cause: 'system_generated',
    record: (number) => conversation(number, []),
  },
  {
    rule: 'a customer alone',
    cause: 'unexplained',
    record: (number) => conversation(number, [customer]),
  },
];

let marts: Marts;

const recordsOf = (cases: readonly Case[], from: number) => cases.map((each, index) => each.record(from + index));

beforeAll(async () => {
  marts = await openMarts();
  const prompts = {
    OPTIONAL: optional,
    MANDATORY: mandatory,
    MANDATORY_TIMEOUT: timeBoxed,
    AGENT_REQUESTED: requested,
  };
  for (const [prompt, queueId] of Object.entries(prompts)) {
    const values = { queue_id: queueId, name: prompt, acw_wrapup_prompt: prompt };
    await insertEntity(marts, { relation: 'queues', values });
  }
  await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code: sale, name: 'Sale' } });
  const deleted = { wrapup_code: retired, name: 'Retired', deleted_at: '2026-02-01T00:00:00Z' };
  await insertEntity(marts, { relation: 'wrapup_codes', values: deleted });
  await marts.load([...recordsOf(sessionCases, 1_000), ...recordsOf(conversationCases, 2_000)]);
});

afterAll(() => marts?.close());

describe('an agent session has a real code or exactly one cause', () => {
  test.each(sessionCases.map((each, index) => ({ ...each, number: 1_000 + index })))('$rule: $cause', async (each) => {
    const rows = await marts.rows(
      'select wrapup_cause, is_coded from mart.fct_agent_sessions where conversation_id = $1',
      [id(each.number)],
    );
    expect(rows).toEqual([{ wrapup_cause: each.cause, is_coded: each.cause === null }]);
  });

  test('a conversation with one agent session has the cause of that session', async () => {
    const rows = await marts.rows(
      `select count(*)::int as conversations,
              count(*) filter (where conversations.wrapup_cause is not distinct from sessions.wrapup_cause)::int as same
       from mart.fct_conversations as conversations
       join mart.fct_agent_sessions as sessions using (conversation_id)
       where conversations.agent_session_count = 1`,
    );
    expect(rows[0]?.conversations).toBeGreaterThan(15);
    expect(rows[0]?.same).toBe(rows[0]?.conversations);
  });
});

describe('a conversation without any agent session has one cause', () => {
  test.each(conversationCases.map((each, index) => ({ ...each, number: 2_000 + index })))(
    '$rule: $cause',
    async (each) => {
      const rows = await marts.rows(
        'select wrapup_cause, agent_session_count::int from mart.fct_conversations where conversation_id = $1',
        [id(each.number)],
      );
      expect(rows).toEqual([{ wrapup_cause: each.cause, agent_session_count: 0 }]);
    },
  );
});

test('every cause that facts can have is described, and every description has a fixture', async () => {
  const used = [...sessionCases, ...conversationCases].map((each) => each.cause).filter((cause) => cause !== null);
  const described = await marts.rows<{ wrapup_cause: string }>('select wrapup_cause from mart.dim_wrapup_causes');
  expect(described.map((row) => row.wrapup_cause).sort()).toEqual([...new Set(used)].sort());
});

test('the names of codes come from the directory, deleted ones and system codes included', async () => {
  const rows = await marts.rows(
    'select wrapup_code, wrapup_name, is_listed, is_deleted, is_system_code from mart.dim_wrapup_codes order by wrapup_code',
  );
  const flags = (is_listed: boolean, is_deleted: boolean, is_system_code: boolean) => ({
    is_listed,
    is_deleted,
    is_system_code,
  });
  expect(rows).toEqual([
    { wrapup_code: sale, wrapup_name: 'Sale', ...flags(true, false, false) },
    { wrapup_code: retired, wrapup_name: 'Retired', ...flags(true, true, false) },
    { wrapup_code: unknown, wrapup_name: unknown, ...flags(false, false, false) },
    {
      wrapup_code: 'ININ-OUTBOUND-PREVIEW-SKIPPED',
      wrapup_name: 'Outbound Preview Skipped',
      ...flags(false, false, true),
    },
    { wrapup_code: 'ININ-WRAP-UP-DELETED', wrapup_name: 'Wrap Up Deleted', ...flags(false, false, true) },
    { wrapup_code: 'ININ-WRAP-UP-SKIPPED', wrapup_name: 'Wrap Up Skipped', ...flags(false, false, true) },
    { wrapup_code: 'ININ-WRAP-UP-TIMEOUT', wrapup_name: 'Wrap Up Timeout', ...flags(false, false, true) },
  ]);
});

test('the report lists each cause with its share, its rate and its examples', async () => {
  const rows = await marts.rows(
    `select wrapup_cause, session_count::int, conversation_count::int, agent_session_count::int,
            share_rate::float, missing_rate::float, examples
     from mart.rpt_wrapup_causes
     where day = '2026-03-02' and queue_id = $1 and media_type = 'voice' and wrapup_cause in ('code_deleted', 'abandoned_in_queue')
     order by wrapup_cause`,
    [mandatory],
  );
  // Voice sessions of the mandatory queue: 18, of them 3 with a real code; beside the 15 others, 6 conversations that met no agent there.
  expect(rows).toEqual([
    {
      wrapup_cause: 'abandoned_in_queue',
      session_count: 0,
      conversation_count: 3,
      agent_session_count: 18,
      share_rate: 0.142857,
      missing_rate: 0,
      examples: [2_001, 2_002, 2_007].map(id).join(', '),
    },
    {
      wrapup_cause: 'code_deleted',
      session_count: 2,
      conversation_count: 2,
      agent_session_count: 18,
      share_rate: 0.095238,
      missing_rate: 0.111111,
      examples: [1_003, 1_004].map(id).join(', '),
    },
  ]);
});

test('before the directory has been read, no code can be called deleted', async () => {
  const empty = await openMarts();
  try {
    await empty.load([withAgent(handled(mandatory, [wrapup(unknown)]))(1)]);
    const rows = await empty.rows('select wrapup_code, wrapup_cause, is_coded from mart.fct_agent_sessions');
    expect(rows).toEqual([{ wrapup_code: unknown, wrapup_cause: null, is_coded: true }]);
  } finally {
    await empty.close();
  }
});
