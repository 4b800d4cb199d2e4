import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertSlice } from './interval-support.js';
import {
  agent,
  conversation,
  id,
  type JsonObject,
  type Marts,
  metric,
  openMarts,
  participant,
  segment,
  session,
} from './support.js';

let marts: Marts;
const ann = id(301);
const service = id(101);

beforeAll(async () => {
  marts = await openMarts('Europe/Berlin');
  const leg = session([segment('interact', '22:44:59', '22:46:00', { queueId: service })]);
  const answer = session(
    [
      segment('alert', '22:45:30', '22:46:00', { queueId: service }),
      segment('interact', '22:46:00', '23:10:00', { queueId: service }),
      segment('wrapup', '23:10:00', '23:11:00', { queueId: service }),
    ],
    { metrics: [metric('tAnswered', 61, '22:46:00')] },
  );
  await marts.load([
    conversation(0xab, [participant('acd', [leg]), agent(ann, answer)], {
      conversationStart: '2026-03-02T22:44:59.000Z',
      conversationEnd: '2026-03-02T23:10:00.000Z',
      surveys: [{ surveyId: id(1), eventTime: '2026-03-05T23:30:00.000Z' }],
      evaluations: [{ evaluationId: id(2), eventTime: '2026-03-05T22:30:00.000Z' }],
    }),
    conversation(7, [participant('customer', [session([])])], { conversationStart: '2026-03-03T23:15:00.000Z' }),
  ]);
});
afterAll(() => marts?.close());

const first = async (view: string): Promise<JsonObject> =>
  (await marts.rows(`select *, day::text as day from mart.${view} order by conversation_id desc limit 1`))[0] ?? {};

describe('every fact of details', () => {
  const key = `${id(0xab)}`;

  test('has the local day and the quarter of an hour in which it started', async () => {
    const half = { day: '2026-03-02', minute_of_day: 23 * 60 + 30 };
    expect(await first('fct_conversations')).toMatchObject(half);
    expect(await first('fct_queue_legs')).toMatchObject(half);
    expect(await first('fct_surveys')).toMatchObject(half);
    expect(await first('fct_evaluations')).toMatchObject(half);
    expect(await first('fct_agent_sessions')).toMatchObject({ day: '2026-03-02', minute_of_day: 23 * 60 + 45 });
    expect(await first('fct_wrapups')).toMatchObject({ day: '2026-03-03', minute_of_day: 0 });
  });

  test('joins dim_intervals and dim_dates by one column each, and loses no row', async () => {
    const [counts] = await marts.rows(
      `select (select count(*)::int from mart.fct_conversations) as conversations,
              (select count(*)::int from mart.fct_conversations as facts
               join mart.dim_intervals as intervals using (minute_of_day)
               join mart.dim_dates as dates using (day)) as joined`,
    );
    expect(counts).toEqual({ conversations: 2, joined: 2 });
  });

  test('has its key in one column, in lower case', async () => {
    expect(await first('fct_queue_legs')).toMatchObject({
      leg_key: `${key}:1:1`,
      answer_session_key: `${key}:2:1`,
    });
    expect(await first('fct_agent_sessions')).toMatchObject({ session_key: `${key}:2:1` });
    expect(await first('fct_wrapups')).toMatchObject({ segment_key: `${key}:2:1:3`, session_key: `${key}:2:1` });
  });

  test('has an event_day beside it where the event is another than the conversation', async () => {
    const days = (view: string) => marts.rows(`select event_day::text as day from mart.${view}`);
    expect(await days('fct_surveys')).toEqual([{ day: '2026-03-06' }]);
    expect(await days('fct_evaluations')).toEqual([{ day: '2026-03-05' }]);
  });
});

describe('is_complete', () => {
  const complete = async () =>
    (
      await marts.rows<{ day: string; is_complete: boolean }>(
        'select day::text as day, is_complete from mart.fct_conversations order by day',
      )
    ).map(({ day, is_complete }) => [day, is_complete]);
  const pulled = (stream: string, from: string, to: string) => insertSlice(marts, { stream, from, to, isFinal: false });

  test('is false where nobody asked for the day', async () => {
    expect(await complete()).toEqual([
      ['2026-03-02', false],
      ['2026-03-04', false],
    ]);
  });

  test('is false where an hour of the local day was not pulled, and true once query and jobs together cover it', async () => {
    await pulled('conversation_history', '2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z');
    expect((await complete())[0]).toEqual(['2026-03-02', false]);
    await pulled('conversations', '2026-03-01T23:00:00Z', '2026-03-02T01:00:00Z');
    expect(await complete()).toEqual([
      ['2026-03-02', true],
      ['2026-03-04', false],
    ]);
  });

  test('of a fact is that of the day on which it started, not of its conversation', async () => {
    expect(await first('fct_agent_sessions')).toMatchObject({ is_complete: true });
    expect(await first('fct_wrapups')).toMatchObject({ is_complete: false });
  });
});
