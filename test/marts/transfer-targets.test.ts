/** Checks who took a transferred conversation where others joined or left in between, worked out by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  agent,
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

const [service, sales, ann, bob, cas, dan] = [1, 2, 11, 12, 13, 14].map(id) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
let marts: Marts;

const inQueue = (queueId: string, start: string, end: string, metrics: object[] = []) =>
  participant('acd', [session([segment('interact', start, end, { queueId })], { metrics })]);
const passing = (userId: string, kind: 'Blind' | 'Consult', end = '10:05') =>
  agent(
    userId,
    session(
      [
        segment('interact', '10:01', end, { queueId: service, disconnectType: 'transfer' }),
        segment('wrapup', end, '10:08', { queueId: service, wrapUpCode: id(70) }),
      ],
      { metrics: [metric('nTransferred', 1, end), metric(`n${kind}Transferred`, 1, end)] },
    ),
  );
const answering = (userId: string, start: string, end: string) =>
  agent(
    userId,
    session([segment('interact', start, end, { queueId: sales })], { metrics: [metric('tAnswered', 20, start)] }),
  );

async function transfersOf(number: number): Promise<object[]> {
  return marts.rows(
    `select to_purpose, to_queue_id, to_user_id, transfer_type, outcome, answer_seconds::float
     from mart.fct_transfers where conversation_id = $1`,
    [id(number)],
  );
}

beforeAll(async () => {
  marts = await openMarts();
  await marts.load([
    // Ann asks Bob, who listens for a minute, declines and still does his after-call work when she passes it to Sales.
    conversation(1, [
      customer,
      inQueue(service, '10:00', '10:01'),
      passing(ann, 'Blind'),
      agent(bob, session([segment('interact', '10:02', '10:03'), segment('wrapup', '10:03', '10:07')])),
      inQueue(sales, '10:05', '10:05:20'),
      answering(cas, '10:05:20', '10:09'),
    ]),
    // A supervisor listens to Ann from 10:02 to the end; she passes the call to Sales, where the caller hangs up at once.
    conversation(2, [
      customer,
      inQueue(service, '10:00', '10:01'),
      passing(ann, 'Blind'),
      agent(dan, session([segment('monitoring', '10:02', '10:30')])),
      inQueue(sales, '10:05', '10:05', [metric('tAbandon', 0, '10:05')]),
    ]),
    // Ann asks queue Sales, Cas answers there, and she leaves the caller with Cas.
    conversation(3, [
      customer,
      inQueue(service, '10:00', '10:01'),
      passing(ann, 'Consult'),
      inQueue(sales, '10:03', '10:03:20'),
      answering(cas, '10:03:20', '10:09'),
    ]),
    // Bob does not answer the question; nobody else joins.
    conversation(4, [
      customer,
      inQueue(service, '10:00', '10:01'),
      passing(ann, 'Blind'),
      agent(bob, session([segment('alert', '10:02', '10:02:20')])),
    ]),
    // Ann passes it to Sales, Cas passes it on to Service, where it still waits.
    conversation(
      5,
      [
        customer,
        inQueue(service, '10:00', '10:01'),
        passing(ann, 'Blind'),
        inQueue(sales, '10:05', '10:05:20'),
        agent(
          cas,
          session([segment('interact', '10:05:20', '10:07', { queueId: sales, disconnectType: 'transfer' })], {
            metrics: [metric('nTransferred', 1), metric('nBlindTransferred', 1), metric('tAnswered', 20, '10:05:20')],
          }),
        ),
        participant('acd', [session([segment('interact', '10:07', null, { queueId: service })])]),
      ],
      { conversationEnd: undefined },
    ),
  ]);
});

afterAll(() => marts?.close());

test('a colleague who was asked and left before the transfer did not take the conversation', async () => {
  expect(await transfersOf(1)).toEqual([
    {
      to_purpose: 'acd',
      to_queue_id: sales,
      to_user_id: cas,
      transfer_type: 'blind',
      outcome: 'answered',
      answer_seconds: 20,
    },
  ]);
});

test('a supervisor who listens took nothing, and a stay of no length is one', async () => {
  expect(await transfersOf(2)).toEqual([
    {
      to_purpose: 'acd',
      to_queue_id: sales,
      to_user_id: null,
      transfer_type: 'blind',
      outcome: 'abandoned',
      answer_seconds: null,
    },
  ]);
});

test('a consult through a queue went to this queue and to the agent who answered there', async () => {
  expect(await transfersOf(3)).toEqual([
    {
      to_purpose: 'acd',
      to_queue_id: sales,
      to_user_id: cas,
      transfer_type: 'consult',
      outcome: 'answered',
      answer_seconds: 20,
    },
  ]);
});

test('where everybody else had left, the first who joined is shown', async () => {
  expect(await transfersOf(4)).toEqual([
    {
      to_purpose: 'agent',
      to_queue_id: null,
      to_user_id: bob,
      transfer_type: 'blind',
      outcome: 'not_answered',
      answer_seconds: null,
    },
  ]);
});

test('each transfer of a chain has its own next stay, open where it still waits', async () => {
  const rows = await marts.rows(
    'select user_id, to_queue_id, to_user_id, outcome from mart.fct_transfers where conversation_id = $1 order by started_at',
    [id(5)],
  );
  expect(rows).toEqual([
    { user_id: ann, to_queue_id: sales, to_user_id: cas, outcome: 'answered' },
    { user_id: cas, to_queue_id: service, to_user_id: null, outcome: 'open' },
  ]);
});
