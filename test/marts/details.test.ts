import { afterAll, beforeAll, expect, test } from 'vitest';
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

const [service, sales, ann, bob, campaign, list, flow] = [1, 2, 11, 12, 61, 62, 63].map(id);
let marts: Marts;

const inQueue = (queueId: string | undefined, start: string, end: string, more = {}, media = {}) =>
  participant('acd', [session([segment('interact', start, end, { queueId, ...more })], media)]);
const talk = (queueId: string | undefined, start: string, end: string, metrics: object[], more = {}, media = {}) =>
  session([segment('interact', start, end, { queueId, ...more })], { metrics, ...media });

beforeAll(async () => {
  marts = await openMarts();
  await marts.load([
    // Ann passes a call of Service on to Sales without a talk before; Bob answers it there after 25 s.
    conversation(1, [
      customer,
      inQueue(service, '10:00', '10:01'),
      agent(
        ann as string,
        talk(
          service,
          '10:01',
          '10:05',
          [metric('nTransferred', 1), metric('nBlindTransferred', 1), metric('tAnswered', 60, '10:01:00')],
          { disconnectType: 'transfer' },
        ),
      ),
      inQueue(sales, '10:05', '10:05:25'),
      agent(bob as string, talk(sales, '10:05:25', '10:09', [metric('tAnswered', 25, '10:05:25')])),
    ]),
    // Bob asks Ann first and then transfers the call; she takes four seconds to answer.
    conversation(2, [
      customer,
      inQueue(service, '10:00', '10:01'),
      agent(
        bob as string,
        talk(service, '10:01', '10:05', [metric('nTransferred', 1), metric('nConsultTransferred', 1)]),
      ),
      agent(ann as string, session([segment('alert', '10:04', '10:04:04'), segment('interact', '10:04:04', '10:09')])),
    ]),
    // A callback promised for 10:15 is called at 10:16:30 and reached.
    conversation(3, [
      customer,
      inQueue(service, '10:00', '10:15:10', {}, { mediaType: 'callback', callbackScheduledTime: at('10:15') }),
      agent(
        ann as string,
        talk(service, '10:15:10', '10:20', [metric('tAnswered', 10, '10:15:10')], {}, { mediaType: 'callback' }),
        session([
          segment('dialing', '10:16:30', '10:16:40'),
          segment('interact', '10:16:40', '10:20', { queueId: service }),
        ]),
      ),
    ]),
    // An attempt of a campaign that reaches a person who is then left waiting; a flow plays its message.
    conversation(4, [
      participant('dialer', [
        session([segment('dialing', '10:00', '10:00:20')], {
          outboundCampaignId: campaign,
          outboundContactListId: list,
          outboundContactId: 'row-7',
          metrics: [metric('nOutboundAttempted', 1), metric('nOutboundConnected', 1), metric('nOutboundAbandoned', 1)],
        }),
      ]),
      participant('outbound', [
        session([segment('interact', '10:00:20', '10:00:30')], {
          dispositionName: 'disposition.classification.callable.person',
        }),
      ]),
      participant('ivr', [
        session([segment('ivr', '10:00:21', '10:00:30')], {
          flow: {
            flowId: flow,
            flowName: 'Sorry',
            flowType: 'OUTBOUNDCALL',
            entryType: 'dialer',
            exitReason: 'DISCONNECT',
            outcomes: [
              { flowOutcomeId: id(64), flowOutcomeValue: 'SUCCESS' },
              { flowOutcomeId: id(65), flowOutcomeValue: 'FAILURE' },
            ],
          },
          metrics: [metric('tIvr', 9)],
        }),
      ]),
    ]),
  ]);
});

afterAll(() => marts?.close());

test('a transfer says from whom, to which queue and agent, of which kind, and how long the next one took', async () => {
  const rows = await marts.rows(
    `select conversation_id, user_id, queue_id, to_queue_id, to_user_id, transfer_type, to_purpose, outcome,
            transfer_count::int, answer_seconds::float from mart.fct_transfers order by conversation_id`,
  );
  expect(rows).toEqual([
    {
      conversation_id: id(1),
      user_id: ann,
      queue_id: service,
      to_queue_id: sales,
      to_user_id: bob,
      transfer_type: 'blind',
      to_purpose: 'acd',
      outcome: 'answered',
      transfer_count: 1,
      answer_seconds: 25,
    },
    {
      conversation_id: id(2),
      user_id: bob,
      queue_id: service,
      to_queue_id: null,
      to_user_id: ann,
      transfer_type: 'consult',
      to_purpose: 'agent',
      outcome: 'answered',
      transfer_count: 1,
      answer_seconds: 4,
    },
  ]);
});

test('a callback says what was promised, who took it, and when the call was made and reached', async () => {
  const rows = await marts.rows(
    `select queue_id, user_id, outcome, wait_seconds::float, promise_seconds::float, is_scheduled, called_at, reached_at
     from mart.fct_callbacks`,
  );
  expect(rows).toEqual([
    {
      queue_id: service,
      user_id: ann,
      outcome: 'reached',
      wait_seconds: 10,
      promise_seconds: 90,
      is_scheduled: true,
      called_at: new Date(at('10:16:30')),
      reached_at: new Date(at('10:16:40')),
    },
  ]);
});

test('a dial attempt has its list, what the analysis found, and whether the person was left waiting', async () => {
  const rows = await marts.rows(
    `select campaign_id, contact_list_id, contact_id, disposition, attempted_count::int, connected_count::int, abandoned_count::int, has_agent
     from mart.fct_dial_attempts`,
  );
  expect(rows).toEqual([
    {
      campaign_id: campaign,
      contact_list_id: list,
      contact_id: 'row-7',
      disposition: 'disposition.classification.callable.person',
      attempted_count: 1,
      connected_count: 1,
      abandoned_count: 1,
      has_agent: false,
    },
  ]);
});

test('a session of a flow says how it was entered and left, and how long it lasted', async () => {
  const rows = await marts.rows(
    'select flow_id, flow_name, entry_type, exit_reason, flow_seconds::float, ivr_seconds::float, outcome_count::int, success_outcome_count::int from mart.fct_flows',
  );
  expect(rows).toEqual([
    {
      flow_id: flow,
      flow_name: 'Sorry',
      entry_type: 'dialer',
      exit_reason: 'DISCONNECT',
      flow_seconds: 9,
      ivr_seconds: 9,
      outcome_count: 2,
      success_outcome_count: 1,
    },
  ]);
});

test('segments show everything of a conversation in order, with the queue of their session', async () => {
  const rows = await marts.rows(
    `select purpose, segment_type, flow_id, segment_seconds::float from mart.fct_segments where conversation_id = $1
     order by started_at, participant_no, segment_no`,
    [id(4)],
  );
  expect(rows).toEqual([
    { purpose: 'dialer', segment_type: 'dialing', flow_id: null, segment_seconds: 20 },
    { purpose: 'outbound', segment_type: 'interact', flow_id: null, segment_seconds: 10 },
    { purpose: 'ivr', segment_type: 'ivr', flow_id: flow, segment_seconds: 9 },
  ]);
});
