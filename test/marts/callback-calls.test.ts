/** Checks calls of callbacks that need several attempts, stays or colleagues, worked out by hand. */
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

const [service, ann, bob] = [1, 11, 12].map(id) as [string, string, string];
let marts: Marts;

const waiting = (start: string, end: string | null) =>
  participant('acd', [session([segment('interact', start, end, { queueId: service })], { mediaType: 'callback' })]);
const taking = (start: string, end: string) =>
  session([segment('interact', start, end, { queueId: service })], {
    mediaType: 'callback',
    metrics: [metric('tAnswered', 10, start)],
  });
const calling = (start: string, answered: string | null, end: string) =>
  session(
    answered === null
      ? [segment('dialing', start, end)]
      : [segment('dialing', start, answered), segment('interact', answered, end)],
    { direction: 'outbound' },
  );

beforeAll(async () => {
  marts = await openMarts();
  await marts.load([
    // Nobody answers Ann's first call, the second one reaches the customer, and she passes it to Bob.
    conversation(1, [
      customer,
      waiting('10:00', '10:02'),
      agent(ann, taking('10:02', '10:20'), calling('10:03', null, '10:03:30'), calling('10:06', '10:06:20', '10:10')),
      agent(bob, session([segment('alert', '10:10', '10:10:05'), segment('interact', '10:10:05', '10:15')])),
    ]),
    // Ann calls in vain and puts the callback off; Bob takes its second stay and calls without an answer, too.
    conversation(2, [
      customer,
      waiting('10:00', '10:02'),
      agent(ann, taking('10:02', '10:04'), calling('10:03', null, '10:03:30')),
      waiting('10:04', '10:12'),
      agent(bob, taking('10:12', '10:14'), calling('10:13', null, '10:13:30')),
    ]),
    // A customer gives it up before anybody takes it.
    conversation(3, [customer, waiting('10:00', '10:25')]),
  ]);
});

afterAll(() => marts?.close());

test('a callback that only the second call reached is reached, and a colleague it was passed to made no call', async () => {
  const rows = await marts.rows(
    `select user_id, attempt_count::int, outcome, is_reached, first_attempt_at, called_at, reached_at
     from mart.fct_callbacks where conversation_id = $1`,
    [id(1)],
  );
  expect(rows).toEqual([
    {
      user_id: ann,
      attempt_count: 2,
      outcome: 'reached',
      is_reached: true,
      first_attempt_at: new Date(at('10:03')),
      called_at: new Date(at('10:03')),
      reached_at: new Date(at('10:06:20')),
    },
  ]);
});

test('calls of two stays of a callback are counted once each', async () => {
  const rows = await marts.rows(
    `select user_id, attempt_count::int, outcome, first_attempt_at from mart.fct_callbacks
     where conversation_id = $1 order by started_at`,
    [id(2)],
  );
  expect(rows).toEqual([
    { user_id: ann, attempt_count: 1, outcome: 'taken', first_attempt_at: new Date(at('10:03')) },
    { user_id: bob, attempt_count: 1, outcome: 'taken', first_attempt_at: new Date(at('10:13')) },
  ]);
});

test('a callback that nobody took has no calls', async () => {
  const rows = await marts.rows(
    'select attempt_count::int, outcome, is_answered, first_attempt_at from mart.fct_callbacks where conversation_id = $1',
    [id(3)],
  );
  expect(rows).toEqual([{ attempt_count: 0, outcome: 'ended', is_answered: false, first_attempt_at: null }]);
});
