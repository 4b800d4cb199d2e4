import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  agent,
  conversation,
  customer,
  id,
  insertEntity,
  type JsonObject,
  type Marts,
  openMarts,
  participant,
  segment,
  session,
} from './support.js';

const [ann, bob] = [id(1), id(2)];
const [mandatory, optional, requested] = [id(11), id(12), id(13)];
const [sale, refund, unknown] = [id(21), id(22), id(23)];

interface Handling {
  readonly from: string;
  readonly queueId?: string;
  readonly code?: string;
  readonly mediaType?: string;
  readonly isTransferred?: boolean;
  readonly isUnanswered?: boolean;
}

/** An agent's session from `from`, one minute of talk; with a wrap-up segment where there is a code. */
function handling({ from, queueId = mandatory, code, mediaType = 'voice', isTransferred, isUnanswered }: Handling) {
  const [start, middle, end] = [`${from}:00`, `${from}:20`, `${from}:40`];
  const alert = segment('alert', start, middle, { queueId });
  const talk = segment('interact', middle, end, { queueId, disconnectType: isTransferred ? 'transfer' : 'peer' });
  const wrapup = segment('wrapup', end, end, { queueId, wrapUpCode: code });
  return session([alert, ...(isUnanswered ? [] : [talk]), ...(code === undefined ? [] : [wrapup])], { mediaType });
}

const agents = (...handlings: readonly Handling[]): readonly JsonObject[] => [
  customer,
  ...handlings.map((each, index) => agent(index % 2 === 0 ? ann : bob, handling(each))),
];

interface Case {
  readonly rule: string;
  readonly cause: string | null;
  readonly state: string;
  readonly participants: readonly JsonObject[];
  readonly more?: JsonObject;
  /** Agent sessions with a code and those that could have one. */
  readonly counts: readonly [coded: number, codable: number];
}

const timeout = 'ININ-WRAP-UP-TIMEOUT';

const cases: readonly Case[] = [
  {
    rule: 'every agent gave a code',
    cause: null,
    state: 'coded',
    participants: agents({ from: '10:01', code: refund }, { from: '10:05', code: sale }),
    counts: [2, 2],
  },
  {
    rule: 'one of two agents gave a code and the other one let the time run out',
    cause: null,
    state: 'partly',
    participants: agents({ from: '10:01', code: sale }, { from: '10:05', code: timeout }),
    counts: [1, 2],
  },
  {
    rule: 'the one who answered gave a code, another one was only alerted',
    cause: null,
    state: 'coded',
    participants: agents({ from: '10:01', isUnanswered: true }, { from: '10:05', code: sale }),
    counts: [1, 1],
  },
  {
    rule: 'a leak of the first session comes before an expected cause of a later one',
    cause: 'acw_timeout',
    state: 'missing',
    participants: agents({ from: '10:01', code: timeout }, { from: '10:05', isUnanswered: true }),
    counts: [0, 1],
  },
  {
    rule: 'an unexplained session comes before a transfer, which is tested earlier but expected',
    cause: 'unexplained',
    state: 'missing',
    participants: agents({ from: '10:01', isTransferred: true }, { from: '10:05' }),
    counts: [0, 2],
  },
  {
    rule: 'of two leaks the one that is tested first',
    cause: 'acw_timeout',
    state: 'missing',
    participants: agents({ from: '10:01' }, { from: '10:05', code: timeout }),
    counts: [0, 2],
  },
  {
    rule: 'of two expected causes the one that is tested first',
    cause: 'not_answered',
    state: 'missing',
    participants: agents({ from: '10:01', isTransferred: true }, { from: '10:05', isUnanswered: true }),
    counts: [0, 1],
  },
  {
    rule: 'a queue that leaves the code to the agent explains a message without one',
    cause: 'acw_optional',
    state: 'missing',
    participants: agents({ from: '10:01', queueId: optional, mediaType: 'message' }),
    counts: [0, 1],
  },
  {
    rule: 'a queue that asks comes before one that does not',
    cause: 'digital_no_code',
    state: 'missing',
    participants: agents(
      { from: '10:01', queueId: mandatory, mediaType: 'message' },
      { from: '10:05', queueId: optional, mediaType: 'message' },
    ),
    counts: [0, 2],
  },
  {
    rule: 'optional is tested before agent-requested',
    cause: 'acw_optional',
    state: 'missing',
    participants: agents({ from: '10:01', queueId: requested }, { from: '10:05', queueId: optional }),
    counts: [0, 2],
  },
  {
    rule: 'agent-requested is left where nothing else explains it',
    cause: 'acw_not_requested',
    state: 'missing',
    participants: agents({ from: '10:01', queueId: requested }),
    counts: [0, 1],
  },
  {
    rule: 'a code that the directory does not know is a deleted one',
    cause: 'code_deleted',
    state: 'missing',
    participants: agents({ from: '10:01', code: unknown }),
    counts: [0, 1],
  },
  {
    rule: 'nobody took it',
    cause: 'not_answered',
    state: 'not_applicable',
    participants: agents({ from: '10:01', isUnanswered: true }, { from: '10:05', isUnanswered: true }),
    counts: [0, 0],
  },
  {
    rule: 'an open call',
    cause: 'still_open',
    state: 'open',
    participants: [customer, agent(ann, session([segment('interact', '10:01', null, { queueId: mandatory })]))],
    more: { conversationEnd: undefined },
    counts: [0, 0],
  },
  {
    rule: 'no agent, and a flow set a code',
    cause: null,
    state: 'coded',
    participants: [
      customer,
      participant('ivr', [session([segment('wrapup', '10:02:00', '10:02:00', { wrapUpCode: sale })])]),
    ],
    counts: [0, 0],
  },
  {
    rule: 'no agent and no code',
    cause: 'ivr_only',
    state: 'not_applicable',
    participants: [customer, participant('ivr', [session([segment('ivr', '10:00:00', '10:02:00')])])],
    counts: [0, 0],
  },
];

let marts: Marts;

beforeAll(async () => {
  marts = await openMarts();
  const prompts = { [mandatory]: 'MANDATORY', [optional]: 'OPTIONAL', [requested]: 'AGENT_REQUESTED' };
  for (const [queue_id, acw_wrapup_prompt] of Object.entries(prompts)) {
    await insertEntity(marts, { relation: 'queues', values: { queue_id, name: acw_wrapup_prompt, acw_wrapup_prompt } });
  }
  for (const [wrapup_code, name] of Object.entries({ [sale]: 'Sale', [refund]: 'Refund' })) {
    await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code, name } });
  }
  await marts.load(cases.map((each, index) => conversation(index + 1, each.participants, each.more)));
});
afterAll(() => marts?.close());

describe('every conversation has a wrap-up code or exactly one cause', () => {
  test.each(cases.map((each, index) => ({ ...each, number: index + 1 })))('$rule: $cause, $state', async (each) => {
    const rows = await marts.rows(
      `select wrapup_cause as cause, wrapup_state as state, coded_count::int as coded, codable_count::int as codable,
              is_coded, is_codable
       from mart.fct_conversations where conversation_id = $1`,
      [id(each.number)],
    );
    const [coded, codable] = each.counts;
    expect(rows).toEqual([
      {
        cause: each.cause,
        state: each.state,
        coded,
        codable,
        is_coded: each.cause === null,
        is_codable: codable > 0,
      },
    ]);
  });

  test('its code is the last real one, with its name', async () => {
    const rows = await marts.rows(
      'select wrapup_code, wrapup_name from mart.fct_conversations where conversation_id = any($1) order by conversation_id',
      [[id(1), id(2), id(12)]],
    );
    expect(rows).toEqual([
      { wrapup_code: sale, wrapup_name: 'Sale' },
      { wrapup_code: sale, wrapup_name: 'Sale' },
      { wrapup_code: unknown, wrapup_name: unknown },
    ]);
  });

  test('a prompt that changes later changes the verdict of what is stored', async () => {
    const causes = () =>
      marts.rows('select wrapup_cause as cause from mart.fct_conversations where conversation_id = $1', [id(9)]);
    const setPrompt = (prompt: string) =>
      marts.rows('update genesys.queues set acw_wrapup_prompt = $1 where queue_id = $2', [prompt, mandatory]);
    await setPrompt('OPTIONAL');
    expect(await causes()).toEqual([{ cause: 'acw_optional' }]);
    await setPrompt('MANDATORY');
    expect(await causes()).toEqual([{ cause: 'digital_no_code' }]);
  });
});

describe('rpt_wrapup_conversations', () => {
  test('counts each conversation once, so that the counts add up over causes', async () => {
    const [sums] = await marts.rows(
      `select sum(conversation_count)::int as conversations, sum(coded_conversation_count)::int as coded,
              sum(missing_conversation_count)::int as missing, sum(partly_coded_conversation_count)::int as partly,
              sum(codable_conversation_count)::int as codable, sum(leak_conversation_count)::int as leaks,
              sum(open_conversation_count)::int as open
       from mart.rpt_wrapup_conversations where day = '2026-03-02'`,
    );
    // Coded: the first three and that of the flow. Leaks: rules 4, 5, 6, 9 and 12.
    expect(sums).toEqual({ conversations: 16, coded: 4, missing: 12, partly: 1, codable: 12, leaks: 5, open: 1 });
  });

  test('has a row for what is coded, without a cause, and one for each cause of a queue', async () => {
    const rows = await marts.rows(
      `select wrapup_cause as cause, conversation_count::int as count, examples from mart.rpt_wrapup_conversations
       where queue_id = $1 and (wrapup_cause is null or wrapup_cause = 'acw_timeout') order by 1`,
      [mandatory],
    );
    expect(rows).toEqual([
      { cause: 'acw_timeout', count: 2, examples: `${id(4)}, ${id(6)}` },
      { cause: null, count: 3, examples: `${id(1)}, ${id(2)}, ${id(3)}` },
    ]);
  });
});

describe('rpt_wrapup_coverage', () => {
  test('has additive counts by agent and three named rates', async () => {
    const rows = await marts.rows(
      `select user_id, sum(agent_session_count)::int as sessions, sum(codable_count)::int as codable,
              sum(coded_count)::int as coded, sum(leak_count)::int as leaks, sum(expected_count)::int as expected
       from mart.rpt_wrapup_coverage where queue_id = $1 and media_type = 'voice' group by 1 order by 1`,
      [mandatory],
    );
    // Ann: refund, sale, alert, time-out, transfer, unexplained, transfer, unknown code, alert, an open call.
    // Bob: sale, time-out, sale, alert, unexplained, time-out, alert, alert.
    expect(rows).toEqual([
      { user_id: ann, sessions: 10, codable: 7, coded: 2, leaks: 3, expected: 5 },
      { user_id: bob, sessions: 8, codable: 5, coded: 2, leaks: 3, expected: 3 },
    ]);
  });

  test('the rates divide by all sessions, by those that could have a code, and by those that should have one', async () => {
    const rows = await marts.rows(
      `select session_coverage_rate::float as session, codable_coverage_rate::float as codable,
              required_coverage_rate::float as required
       from mart.rpt_wrapup_coverage where queue_id = $1 and media_type = 'voice' and user_id = $2`,
      [mandatory, bob],
    );
    expect(rows).toEqual([{ session: 0.25, codable: 0.4, required: 0.4 }]);
  });
});
