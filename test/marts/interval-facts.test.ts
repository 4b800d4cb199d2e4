import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conversationMetrics } from '../../src/streams/aggregates/conversations.js';
import { type Group, insertGroup, insertGroups, insertSlice, numbers } from './interval-support.js';
import { id, insertEntity, type JsonObject, type Marts, openMarts } from './support.js';

const [service, sales] = [id(101), id(102)];
const [ann, bob] = [id(301), id(302)];
const [coffee, onQueue] = [id(70), id(71)];
const ten = '2026-03-02T09:00:00Z';
const halfPastTen = '2026-03-02T09:30:00Z';

let marts: Marts;
beforeAll(async () => {
  marts = await openMarts('Europe/Berlin');
});
afterAll(() => marts?.close());

const one = async (text: string, values: unknown[] = []): Promise<JsonObject> => {
  const rows = await marts.rows(text, values);
  expect(rows).toHaveLength(1);
  return rows[0] as JsonObject;
};

describe('fct_queue_direction_intervals', () => {
  const at = '2026-01-05T10:00:00Z';

  beforeAll(async () => {
    // Each metric has a number of its own, so that no two can be mistaken for each other.
    const figures = Object.fromEntries(
      conversationMetrics.map((name, index) => [
        name,
        { count: index + 1, sum: name.startsWith('t') ? 1_000 * (index + 1) : null, max: 500 * (index + 1) },
      ]),
    );
    const dimensions = { queue_id: service, media_type: 'voice', direction: 'inbound' };
    await insertGroup(marts, { table: 'queue_aggregates', start: at, dimensions, figures });
  });

  test('has every count and every time that is pulled in a column of its own', async () => {
    const row = await one(`select * from mart.fct_queue_direction_intervals where interval_start_at = $1`, [at]);
    const valuesOf = (ending: RegExp) =>
      Object.entries(row)
        .filter(([name]) => ending.test(name))
        .map(([, value]) => Number(value))
        .sort((a, b) => a - b);
    const all = conversationMetrics.map((_, index) => index + 1);
    expect(valuesOf(/_count$/)).toEqual(all);
    const timed = all.filter((number) => conversationMetrics[number - 1]?.startsWith('t'));
    expect(valuesOf(/^(?!average_(?!agent|customer)|max_).*_seconds$/)).toEqual(timed);
  });

  test.each([
    ['nOffered', 'offered_count'],
    ['tAnswered', 'answered_count'],
    ['tAlert', 'alert_count'],
    ['tNotResponding', 'not_responding_count'],
    ['nConsult', 'consult_count'],
    ['nBlindTransferred', 'blind_transferred_count'],
    ['nCallbackScheduled', 'callback_scheduled_count'],
    ['nCallbackAttempts', 'callback_attempt_count'],
    ['tCallbackNotReached', 'callback_not_reached_count'],
    ['tFirstResponse', 'first_response_count'],
    ['tUserResponseTime', 'user_response_count'],
    ['tVoicemail', 'voicemail_count'],
    ['nOutboundAttempted', 'outbound_attempted_count'],
    ['nOutboundConnected', 'outbound_connected_count'],
    ['nOutboundAbandoned', 'outbound_abandoned_count'],
    ['nError', 'error_count'],
    ['tTalkComplete', 'talk_count'],
    ['tTalk', 'talk_part_count'],
    ['tHeldComplete', 'hold_count'],
    ['tConnected', 'connection_count'],
    ['nConnected', 'connected_count'],
  ])('shows %s as %s', async (metric, column) => {
    const row = await one(`select ${column} from mart.fct_queue_direction_intervals where interval_start_at = $1`, [
      at,
    ]);
    expect(Number(row[column])).toBe(conversationMetrics.indexOf(metric) + 1);
  });

  test('has the longest waits, which fct_queue_intervals takes over all directions', async () => {
    const dimensions = { queue_id: service, media_type: 'voice' };
    const waits = (direction: string, max: number): Group => ({
      table: 'queue_aggregates',
      start: halfPastTen,
      dimensions: { ...dimensions, direction },
      figures: { tAnswered: { count: 2, sum: 90_000, max }, tWait: { count: 3, sum: 100_000, max: 61_500 } },
    });
    await insertGroups(marts, [waits('inbound', 70_250), waits('outbound', 20_000)]);
    const longest = 'select max_answer_seconds, max_wait_seconds, max_abandon_seconds from mart';
    const where = `where interval_start_at = '${halfPastTen}'`;
    const rows = await marts.rows(`${longest}.fct_queue_direction_intervals ${where} order by direction`);
    expect(rows.map((row) => Number(row.max_answer_seconds))).toEqual([70.25, 20]);
    expect(await one(`${longest}.fct_queue_intervals ${where}`)).toMatchObject({
      max_answer_seconds: '70.250',
      max_wait_seconds: '61.500',
      max_abandon_seconds: null,
    });
  });

  test('keeps directions apart that fct_queue_intervals sums', async () => {
    const start = '2026-03-03T10:00:00Z';
    const group = (direction: string | null, figures: Group['figures']): Group => ({
      table: 'queue_aggregates',
      start,
      dimensions: { queue_id: service, media_type: 'voice', direction },
      figures,
    });
    await insertGroups(marts, [
      group('inbound', { tHandle: [6, 1_800_000], nOffered: [10] }),
      group('outbound', { tHandle: [2, 200_000] }),
      group(null, { tHandle: [1, 40_000] }),
    ]);
    const rows = await marts.rows(
      `select direction, handled_count::int as handled, average_handle_seconds as average
       from mart.fct_queue_direction_intervals where interval_start_at = $1 order by direction`,
      [start],
    );
    expect(rows).toEqual([
      { direction: 'inbound', handled: 6, average: '300.000' },
      { direction: 'outbound', handled: 2, average: '100.000' },
      { direction: 'unknown', handled: 1, average: '40.000' },
    ]);
    const summed = `select handled_count::int as handled, handle_seconds from mart.fct_queue_intervals where interval_start_at = $1`;
    expect(await one(summed, [start])).toEqual({ handled: 9, handle_seconds: '2040.000' });
  });
});

describe('handlings of agents', () => {
  const group = (
    start: string,
    user_id: string,
    queue_id: string | null,
    media_type: string,
    figures: Group['figures'],
  ) => insertGroup(marts, { table: 'agent_aggregates', start, dimensions: { user_id, queue_id, media_type }, figures });

  beforeAll(async () => {
    await insertEntity(marts, { relation: 'users', values: { user_id: ann, name: 'Ann' } });
    await insertEntity(marts, { relation: 'queues', values: { queue_id: service, name: 'Service' } });
    await group(ten, ann, service, 'voice', {
      tAnswered: [4, 80_000],
      tAlert: [5, 30_000],
      tNotResponding: [1, 12_000],
      tHandle: [3, 900_000],
      nOutbound: [1],
      nConsult: [2],
      nBlindTransferred: [1],
      nTransferred: [1],
    });
    await group(ten, ann, sales, 'message', { tHandle: [1, 100_000], tAgentResponseTime: [3, 45_000] });
    await group(halfPastTen, ann, service, 'voice', {
      tHandle: [2, 300_000],
      tAlert: [2, 6_000],
      tAnswered: [2, 10_000],
    });
    await group(ten, ann, null, 'voice', { tHandle: [1, 7_000] });
    await group(ten, bob, service, 'voice', { tHandle: [1, 5_000] });
  });

  test('are in fct_agent_queue_intervals by queue and media type, and not summed', async () => {
    const row = await one(
      `select * from mart.fct_agent_queue_intervals
       where interval_start_at = $1 and user_id = $2 and queue_id = $3 and media_type = 'voice'`,
      [ten, ann, service],
    );
    expect(row).toMatchObject({ user_name: 'Ann', queue_name: 'Service', minute_of_day: 600, utc_offset_minutes: 60 });
    const names = ['answered_count', 'alert_count', 'not_responding_count', 'handled_count', 'outbound_count'];
    const more = [
      'consult_count',
      'blind_transferred_count',
      'transferred_count',
      'handle_seconds',
      'not_responding_seconds',
    ];
    expect(numbers(row, ...names, ...more, 'average_handle_seconds', 'answer_rate')).toEqual({
      answered_count: 4,
      alert_count: 5,
      not_responding_count: 1,
      handled_count: 3,
      outbound_count: 1,
      consult_count: 2,
      blind_transferred_count: 1,
      transferred_count: 1,
      handle_seconds: 900,
      not_responding_seconds: 12,
      average_handle_seconds: 300,
      answer_rate: 0.8,
    });
  });

  test('are in rpt_agent_queue_days by day, with rates as sum over sum', async () => {
    const row = await one(
      `select * from mart.rpt_agent_queue_days
       where day = '2026-03-02' and user_id = $1 and queue_id = $2 and media_type = 'voice'`,
      [ann, service],
    );
    // (900 + 300) / (3 + 2) and (4 + 2) / (5 + 2).
    expect(numbers(row, 'handled_count', 'average_handle_seconds', 'answer_rate')).toEqual({
      handled_count: 5,
      average_handle_seconds: 240,
      answer_rate: 0.857143,
    });
  });

  test('outside queues are there under no queue, and all of an agent add up to fct_agent_intervals', async () => {
    const sums = await marts.rows(
      `select queue_id, handled_count::int as handled from mart.fct_agent_queue_intervals
       where interval_start_at = $1 and user_id = $2 order by handled desc, queue_id`,
      [ten, ann],
    );
    expect(sums).toEqual([
      { queue_id: service, handled: 3 },
      { queue_id: sales, handled: 1 },
      { queue_id: null, handled: 1 },
    ]);
    const whole =
      'select handled_count::int as handled from mart.fct_agent_intervals where interval_start_at = $1 and user_id = $2';
    expect(await one(whole, [ten, ann])).toEqual({ handled: 5 });
  });
});

describe('presences of the organisation', () => {
  const spent = (start: string, figures: Record<string, number>) =>
    insertGroup(marts, {
      table: 'user_aggregates',
      start,
      dimensions: { user_id: ann },
      figures: Object.fromEntries(Object.entries(figures).map(([name, ms]) => [name, [null, ms * 60_000] as const])),
    });

  beforeAll(async () => {
    await insertEntity(marts, {
      relation: 'presences',
      values: { presence_id: coffee, name: 'Coffee', system_presence: 'Break' },
    });
    await insertEntity(marts, {
      relation: 'presences',
      values: { presence_id: onQueue, name: 'On Queue', system_presence: 'On Queue' },
    });
    // A coffee from 23:50 to 00:10 on the clock of Berlin.
    await spent('2026-03-05T22:30:00Z', {
      [`tOrganizationPresence:${onQueue}`]: 20,
      [`tOrganizationPresence:${coffee}`]: 10,
      'tSystemPresence:ON_QUEUE': 20,
      'tSystemPresence:BREAK': 10,
    });
    await spent('2026-03-05T23:00:00Z', {
      [`tOrganizationPresence:${onQueue}`]: 20,
      [`tOrganizationPresence:${coffee}`]: 10,
      'tSystemPresence:ON_QUEUE': 20,
      'tSystemPresence:BREAK': 10,
    });
    await spent('2026-03-05T23:30:00Z', { 'tSystemPresence:OFFLINE': 30 });
  });

  test('are cut at the borders of intervals and at midnight', async () => {
    const intervals = await marts.rows(
      `select day::text as day, minute_of_day as minute, organization_presence_name as name, status,
           presence_seconds::float8 as seconds
       from mart.fct_presence_intervals where organization_presence_id = $1 order by interval_start_at`,
      [coffee],
    );
    expect(intervals).toEqual([
      { day: '2026-03-05', minute: 1410, name: 'Coffee', status: 'BREAK', seconds: 600 },
      { day: '2026-03-06', minute: 0, name: 'Coffee', status: 'BREAK', seconds: 600 },
    ]);
    const days = await marts.rows(
      `select day::text as day, organization_presence_name as name, user_name, presence_seconds::float8 as seconds
       from mart.rpt_presence_days order by day, name`,
    );
    expect(days).toEqual([
      { day: '2026-03-05', name: 'Coffee', user_name: 'Ann', seconds: 600 },
      { day: '2026-03-05', name: 'On Queue', user_name: 'Ann', seconds: 1200 },
      { day: '2026-03-06', name: 'Coffee', user_name: 'Ann', seconds: 600 },
      { day: '2026-03-06', name: 'On Queue', user_name: 'Ann', seconds: 1200 },
    ]);
  });

  test('an interval without activity is marked by has_activity', async () => {
    const rows = await marts.rows(
      `select interval_start_at, has_activity from mart.fct_agent_intervals
       where user_id = $1 and interval_start_at >= '2026-03-05T22:30Z' order by interval_start_at`,
      [ann],
    );
    expect(rows.map((row) => row.has_activity)).toEqual([true, true, false]);
  });
});

test('the hour that a clock shows twice has two intervals, distinguished by their offset', async () => {
  const dimensions = { queue_id: service, media_type: 'email' };
  const group = (start: string, count: number): Group => ({
    table: 'queue_aggregates',
    start,
    dimensions,
    figures: { nOffered: [count] },
  });
  await insertGroups(marts, [group('2026-10-25T00:00:00Z', 3), group('2026-10-25T01:00:00Z', 4)]);
  const rows = await marts.rows(
    `select interval_start_local::text as local, utc_offset_minutes as "offset", offered_count::int as offered
     from mart.fct_queue_intervals where media_type = 'email' order by interval_start_at`,
  );
  expect(rows).toEqual([
    { local: '2026-10-25 02:00:00', offset: 120, offered: 3 },
    { local: '2026-10-25 02:00:00', offset: 60, offered: 4 },
  ]);
});

describe('is_settled', () => {
  const start = '2026-02-02T10:00:00Z';
  const settled = async () =>
    await one('select is_complete, is_settled, is_final from mart.fct_queue_intervals where interval_start_at = $1', [
      start,
    ]);
  const pull = (pulledAt: string) =>
    marts.rows(
      `update extract.slices set pass = pass + 1, as_of = $1, last_pass_at = $1 where stream = 'queue_aggregates'`,
      [pulledAt],
    );

  test('comes between complete and final: three days after the end of what was pulled', async () => {
    await insertGroup(marts, {
      table: 'queue_aggregates',
      start,
      dimensions: { queue_id: service, media_type: 'voice' },
      figures: { nOffered: [1] },
    });
    expect(await settled()).toEqual({ is_complete: false, is_settled: false, is_final: false });
    const [from, to] = ['2026-02-01T23:00:00Z', '2026-02-02T23:00:00Z'];
    await insertSlice(marts, { stream: 'queue_aggregates', from, to, isFinal: false });
    expect(await settled()).toEqual({ is_complete: true, is_settled: false, is_final: false });
    await pull('2026-02-05T22:59:00Z');
    expect(await settled()).toMatchObject({ is_settled: false });
    await pull('2026-02-05T23:00:00Z');
    expect(await settled()).toEqual({ is_complete: true, is_settled: true, is_final: false });
    await marts.rows(`update extract.slices set due_at = null where stream = 'queue_aggregates'`);
    expect(await settled()).toEqual({ is_complete: true, is_settled: true, is_final: true });
  });
});
