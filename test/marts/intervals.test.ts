import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Group, insertGroup, insertSlice, numbers } from './interval-support.js';
import { id, insertEntity, type Marts, openMarts } from './support.js';

const [service, sales] = [id(11), id(12)];
const [ann, bob] = [id(1), id(2)];
const code = id(21);

let marts: Marts;

/** Berlin is an hour ahead of UTC on 2 March: both half hours lie in one local day, the third in the next. */
const ten = '2026-03-02T10:00:00Z';
const halfPastTen = '2026-03-02T10:30:00Z';
const nextDay = '2026-03-02T23:00:00Z';

const queueGroups: readonly Omit<Group, 'table'>[] = [
  {
    start: ten,
    dimensions: { queue_id: service, media_type: 'voice', direction: 'inbound' },
    figures: {
      nOffered: [10],
      tAnswered: [7, 140_000],
      tAbandon: [2, 50_000],
      tShortAbandon: [1, 3_000],
      tFlowOut: [1, 90_000],
      tWait: [10, 280_000],
      nOverSla: [2],
      tHandle: [6, 1_800_000],
      tTalkComplete: [6, 1_200_000],
      tHeldComplete: [2, 120_000],
      tAcw: [4, 480_000],
      nTransferred: [1],
      oServiceLevel: { ratio: 0.625, numerator: 5, denominator: 8, target: 0.8 },
      // Not one of the marts' figures.
      nConnected: [99],
    },
  },
  {
    start: ten,
    dimensions: { queue_id: service, media_type: 'voice', direction: 'outbound' },
    figures: { tHandle: [2, 200_500], tTalkComplete: [2, 200_500], nTransferred: [1] },
  },
  {
    start: halfPastTen,
    dimensions: { queue_id: service, media_type: 'voice', direction: 'inbound' },
    figures: {
      nOffered: [2],
      tAnswered: [2, 4_000],
      tHandle: [2, 100_000],
      oServiceLevel: { ratio: 1, numerator: 2, denominator: 2, target: 0.8 },
    },
  },
  {
    start: halfPastTen,
    dimensions: { queue_id: service, media_type: 'message', direction: 'inbound' },
    figures: { nOffered: [3] },
  },
  { start: nextDay, dimensions: { queue_id: service, media_type: 'voice' }, figures: { nOffered: [4] } },
  { start: ten, dimensions: { queue_id: null, media_type: null }, figures: { tHandle: [1, 7_000] } },
];

const minutes = (value: number): [null, number] => [null, value * 60_000];
const userGroups: readonly Omit<Group, 'table'>[] = [
  {
    start: ten,
    dimensions: { user_id: ann },
    figures: {
      'tAgentRoutingStatus:IDLE': minutes(5),
      'tAgentRoutingStatus:INTERACTING': minutes(12),
      'tAgentRoutingStatus:COMMUNICATING': minutes(3),
      'tAgentRoutingStatus:NOT_RESPONDING': minutes(1),
      'tAgentRoutingStatus:OFF_QUEUE': minutes(9),
      'tSystemPresence:ON_QUEUE': minutes(21),
      'tSystemPresence:BREAK': minutes(4),
      'tSystemPresence:OFFLINE': minutes(3),
      'tSystemPresence:IDLE': minutes(2),
      [`tOrganizationPresence:${id(70)}`]: minutes(30),
    },
  },
  {
    start: halfPastTen,
    dimensions: { user_id: ann },
    figures: { 'tAgentRoutingStatus:IDLE': minutes(30), 'tSystemPresence:ON_QUEUE': minutes(30) },
  },
];
const handledByAnn = { tAnswered: [4, 80_000], tAlert: [5, 30_000], tHandle: [3, 900_000], tAcw: [1, 60_000] } as const;
const agentGroups: readonly Omit<Group, 'table'>[] = [
  { start: ten, dimensions: { user_id: ann, queue_id: service, media_type: 'voice' }, figures: handledByAnn },
  {
    start: ten,
    dimensions: { user_id: ann, queue_id: sales, media_type: 'message' },
    figures: { tHandle: [1, 100_000], nTransferred: [1], nOverSla: [1], tNotResponding: [2, 20_000] },
  },
  {
    start: halfPastTen,
    dimensions: { user_id: bob, queue_id: service, media_type: 'voice' },
    figures: { tHandle: [1, 5_000] },
  },
  // What the queue has without an agent.
  {
    start: ten,
    dimensions: { user_id: null, queue_id: service, media_type: 'voice' },
    figures: { tAbandon: [1, 9_000] },
  },
];

beforeAll(async () => {
  marts = await openMarts('Europe/Berlin');
  for (const group of queueGroups) await insertGroup(marts, { table: 'queue_aggregates', ...group });
  for (const group of userGroups) await insertGroup(marts, { table: 'user_aggregates', ...group });
  for (const group of agentGroups) await insertGroup(marts, { table: 'agent_aggregates', ...group });
  // Known since noon of the day, renamed in the evening.
  const renamed = { queue_id: service, valid_from: '2026-03-02T12:00:00Z', valid_to: '2026-03-02T20:00:00Z' };
  await insertEntity(marts, { relation: 'queues', values: { ...renamed, name: 'Service' } });
  const now = { queue_id: service, valid_from: '2026-03-02T20:00:00Z', name: 'Customer care' };
  await insertEntity(marts, { relation: 'queues', values: now });
  await insertEntity(marts, { relation: 'users', values: { user_id: ann, name: 'Ann' } });
  await insertEntity(marts, { relation: 'wrapup_codes', values: { wrapup_code: code, name: 'Solved' } });
});

afterAll(() => marts?.close());

const serviceAtTen = [ten, service];
const byQueue = `select * from mart.fct_queue_intervals where interval_start_at = $1 and queue_id = $2 and media_type = 'voice'`;

describe('fct_queue_intervals', () => {
  test('has a row per interval, queue and media type, directions summed, seconds from milliseconds', async () => {
    const [row] = await marts.rows(byQueue, serviceAtTen);
    const counts = [
      'offered',
      'answered',
      'abandoned',
      'short_abandoned',
      'flow_out',
      'handled',
      'transferred',
      'over_sla',
    ];
    expect(numbers(row, ...counts.map((name) => `${name}_count`))).toEqual({
      offered_count: 10,
      answered_count: 7,
      abandoned_count: 2,
      short_abandoned_count: 1,
      flow_out_count: 1,
      handled_count: 8,
      transferred_count: 2,
      over_sla_count: 2,
    });
    const seconds = ['handle', 'talk', 'hold', 'acw', 'answer', 'abandon', 'wait'];
    expect(numbers(row, ...seconds.map((name) => `${name}_seconds`))).toEqual({
      handle_seconds: 2000.5,
      talk_seconds: 1400.5,
      hold_seconds: 120,
      acw_seconds: 480,
      answer_seconds: 140,
      abandon_seconds: 50,
      wait_seconds: 280,
    });
    const keys = await marts.rows('select * from mart.fct_queue_intervals');
    expect(keys).toHaveLength(5);
  });

  test('divides each sum by its own count', async () => {
    const [row] = await marts.rows(byQueue, serviceAtTen);
    const averages = ['handle', 'talk', 'hold', 'acw', 'answer'].map((name) => `average_${name}_seconds`);
    expect(numbers(row, ...averages)).toEqual({
      average_handle_seconds: 250.063,
      average_talk_seconds: 175.063,
      average_hold_seconds: 60,
      average_acw_seconds: 120,
      average_answer_seconds: 20,
    });
    const rates = ['answer_rate', 'abandon_rate', 'long_abandon_rate', 'service_level_rate', 'transfer_rate'];
    expect(numbers(row, ...rates)).toEqual({
      answer_rate: 0.7,
      abandon_rate: 0.2,
      long_abandon_rate: 0.111111,
      service_level_rate: 0.625,
      transfer_rate: 0.25,
    });
  });

  test('a figure without any metric is 0, an average or rate of nothing is null', async () => {
    const [row] = await marts.rows(`select * from mart.fct_queue_intervals where media_type = 'message'`);
    expect(numbers(row, 'offered_count', 'handled_count', 'handle_seconds', 'service_level_denominator')).toEqual({
      offered_count: 3,
      handled_count: 0,
      handle_seconds: 0,
      service_level_denominator: 0,
    });
    expect(numbers(row, 'average_handle_seconds', 'answer_rate', 'service_level_rate', 'transfer_rate')).toEqual({
      average_handle_seconds: null,
      answer_rate: 0,
      service_level_rate: null,
      transfer_rate: null,
    });
  });

  test('activity outside queues counts under no queue and media type unknown', async () => {
    const rows = await marts.rows(
      'select media_type, handled_count::int from mart.fct_queue_intervals where queue_id is null',
    );
    expect(rows).toEqual([{ media_type: 'unknown', handled_count: 1 }]);
  });

  test('names the queue as it was called when the interval began, before that by the earliest known name', async () => {
    const rows = await marts.rows(
      'select distinct interval_start_at, queue_name from mart.fct_queue_intervals where queue_id = $1 order by 1',
      [service],
    );
    expect(rows.map((row) => row.queue_name)).toEqual(['Service', 'Service', 'Customer care']);
  });

  test('gives the local time and the minute of the day for reports by time of day', async () => {
    const [row] = await marts.rows(
      `select facts.interval_start_local::text as start, facts.interval_end_local::text as "end", facts.day::text,
              clock.half_hour, clock.quarter_hour, clock.day_part
       from mart.fct_queue_intervals as facts
       inner join mart.dim_intervals as clock on clock.minute_of_day = facts.minute_of_day
       where facts.media_type = 'message'`,
    );
    expect(row).toEqual({
      start: '2026-03-02 11:30:00',
      end: '2026-03-02 12:00:00',
      day: '2026-03-02',
      half_hour: '11:30',
      quarter_hour: '11:30',
      day_part: 'morning',
    });
  });
});

test('rpt_queue_days sums the intervals that start in the local day, and divides sums by sums', async () => {
  const rows = await marts.rows(
    `select *, day::text as local_day from mart.rpt_queue_days where queue_id = $1 and media_type = 'voice' order by day`,
    [service],
  );
  expect(rows.map((row) => [row.local_day, row.queue_name, Number(row.offered_count)])).toEqual([
    ['2026-03-02', 'Service', 12],
    ['2026-03-03', 'Customer care', 4],
  ]);
  // (1800 + 200.5 + 100) / (6 + 2 + 2) and (5 + 2) / (8 + 2): the average of the intervals' averages and rates would be 150.031 and 0.8125.
  const names = [
    'average_handle_seconds',
    'service_level_rate',
    'answer_rate',
    'average_answer_seconds',
    'transfer_rate',
  ];
  expect(numbers(rows[0], ...names)).toEqual({
    average_handle_seconds: 210.05,
    service_level_rate: 0.7,
    answer_rate: 0.75,
    average_answer_seconds: 16,
    transfer_rate: 0.2,
  });
});

describe('fct_agent_intervals', () => {
  const ofAnn = 'select * from mart.fct_agent_intervals where user_id = $1 and interval_start_at = $2';

  test('sums the handlings of all queues and media types', async () => {
    const [row] = await marts.rows(ofAnn, [ann, ten]);
    const names = ['handled', 'answered', 'alert', 'not_responding', 'transferred', 'over_sla', 'acw'];
    expect(numbers(row, ...names.map((name) => `${name}_count`), 'handle_seconds', 'acw_seconds')).toEqual({
      handled_count: 4,
      answered_count: 4,
      alert_count: 5,
      not_responding_count: 2,
      transferred_count: 1,
      over_sla_count: 1,
      acw_count: 1,
      handle_seconds: 1000,
      acw_seconds: 60,
    });
    expect(numbers(row, 'average_handle_seconds', 'answer_rate', 'service_level_rate', 'transfer_rate')).toEqual({
      average_handle_seconds: 250,
      answer_rate: 0.8,
      service_level_rate: 0.75,
      transfer_rate: 0.25,
    });
    expect(row?.user_name).toBe('Ann');
  });

  test('distinguishes presence and routing status, where both have IDLE', async () => {
    const [row] = await marts.rows(ofAnn, [ann, ten]);
    const names = ['on_queue', 'break', 'inactive', 'offline', 'available', 'logged_in'];
    expect(numbers(row, ...names.map((name) => `${name}_seconds`))).toEqual({
      on_queue_seconds: 1260,
      break_seconds: 240,
      inactive_seconds: 120,
      offline_seconds: 180,
      available_seconds: 0,
      logged_in_seconds: 1620,
    });
    const routing = ['interacting', 'communicating', 'idle', 'not_responding', 'off_queue'];
    expect(numbers(row, ...routing.map((name) => `${name}_seconds`), 'occupancy_rate')).toEqual({
      interacting_seconds: 720,
      communicating_seconds: 180,
      idle_seconds: 300,
      not_responding_seconds: 60,
      off_queue_seconds: 540,
      occupancy_rate: 0.6,
    });
  });

  test('an agent whose status is not known has null, not 0, in status times; one who handled nothing has 0', async () => {
    const [ofBob] = await marts.rows(ofAnn, [bob, halfPastTen]);
    expect(numbers(ofBob, 'handled_count', 'on_queue_seconds', 'idle_seconds', 'occupancy_rate')).toEqual({
      handled_count: 1,
      on_queue_seconds: null,
      idle_seconds: null,
      occupancy_rate: null,
    });
    const [waiting] = await marts.rows(ofAnn, [ann, halfPastTen]);
    expect(numbers(waiting, 'handled_count', 'handle_seconds', 'idle_seconds', 'occupancy_rate')).toEqual({
      handled_count: 0,
      handle_seconds: 0,
      idle_seconds: 1800,
      occupancy_rate: 0,
    });
  });

  test('has no row for what belongs to no agent', async () => {
    const [row] = await marts.rows('select count(*)::int, count(user_id)::int as users from mart.fct_agent_intervals');
    expect(row).toEqual({ count: 3, users: 3 });
  });
});

test('rpt_agent_days takes occupancy over the sums of the day', async () => {
  const [row] = await marts.rows(`select * from mart.rpt_agent_days where day = '2026-03-02' and user_id = $1`, [ann]);
  // 12 minutes of 12 + 3 + 5 + 30.
  expect(numbers(row, 'occupancy_rate', 'on_queue_seconds', 'handled_count', 'average_handle_seconds')).toEqual({
    occupancy_rate: 0.24,
    on_queue_seconds: 3060,
    handled_count: 4,
    average_handle_seconds: 250,
  });
});

test('fct_wrapup_intervals counts interactions by code, and those without', async () => {
  const dimensions = { queue_id: service, user_id: ann, media_type: 'voice' };
  const groups: readonly [string | null, Group['figures']][] = [
    [code, { tHandle: [2, 300_000], tAcw: [1, 30_000], nConnected: [4] }],
    ['ININ-WRAP-UP-TIMEOUT', { tHandle: [1, 90_000] }],
    [null, { tHandle: [3, 60_000] }],
  ];
  for (const [wrap_up_code, figures] of groups) {
    await insertGroup(marts, {
      table: 'wrapup_aggregates',
      start: ten,
      dimensions: { ...dimensions, wrap_up_code },
      figures,
    });
  }
  const rows = await marts.rows(
    `select wrapup_name, queue_name, user_name, is_coded, handled_count::int, handle_seconds::float, acw_count::int,
            average_acw_seconds::float
     from mart.fct_wrapup_intervals order by wrapup_code nulls last`,
  );
  const about = { queue_name: 'Service', user_name: 'Ann' };
  const none = { acw_count: 0, average_acw_seconds: null };
  expect(rows).toEqual([
    {
      ...about,
      wrapup_name: 'Solved',
      is_coded: true,
      handled_count: 2,
      handle_seconds: 300,
      acw_count: 1,
      average_acw_seconds: 30,
    },
    { ...about, wrapup_name: 'Wrap Up Timeout', is_coded: false, handled_count: 1, handle_seconds: 90, ...none },
    { ...about, wrapup_name: null, is_coded: false, handled_count: 3, handle_seconds: 60, ...none },
  ]);
});

test('fct_flow_outcomes counts outcomes by value', async () => {
  const dimensions = { flow_id: id(31), flow_outcome_id: id(32), media_type: 'voice' };
  const table = 'flow_outcome_aggregates';
  const success = { ...dimensions, flow_outcome_value: 'SUCCESS' };
  await insertGroup(marts, {
    table,
    start: ten,
    dimensions: success,
    figures: { nFlowOutcome: [5], tFlowOutcome: [4, 60_000] },
  });
  const failure = { ...dimensions, flow_outcome_value: 'FAILURE' };
  await insertGroup(marts, {
    table,
    start: ten,
    dimensions: failure,
    figures: { nFlowOutcome: [2], nFlowOutcomeFailed: [2] },
  });
  const rows = await marts.rows(
    `select flow_outcome_value as value, outcome_count::int, failed_count::int, average_outcome_seconds::float as average
     from mart.fct_flow_outcomes order by 1`,
  );
  expect(rows).toEqual([
    { value: 'FAILURE', outcome_count: 2, failed_count: 2, average: null },
    { value: 'SUCCESS', outcome_count: 5, failed_count: 0, average: 15 },
  ]);
});

test('fct_agent_statuses shows presences and routing statuses side by side, open ones without length', async () => {
  await marts.rows(
    `insert into genesys.user_presences (user_id, start_time, end_time, as_of, system_presence, organization_presence_id)
     values ($1, '2026-03-29T00:30:00Z', '2026-03-29T01:30:00.250Z', now(), 'BREAK', $2)`,
    [ann, id(70)],
  );
  await marts.rows(
    `insert into genesys.user_routing_statuses (user_id, start_time, as_of, routing_status)
     values ($1, '2026-03-29T01:30:00Z', now(), 'IDLE')`,
    [ann],
  );
  const rows = await marts.rows(
    `select user_name, status_kind, status, status_seconds::float as seconds, is_open, started_local::text, ended_local::text
     from mart.fct_agent_statuses order by status_kind`,
  );
  // The clock goes from 02:00 to 03:00 in between.
  const presence = { status_kind: 'presence', status: 'BREAK', seconds: 3600.25, is_open: false };
  const routing = { status_kind: 'routing_status', status: 'IDLE', seconds: null, is_open: true };
  expect(rows).toEqual([
    { user_name: 'Ann', ...presence, started_local: '2026-03-29 01:30:00', ended_local: '2026-03-29 03:30:00.25' },
    { user_name: 'Ann', ...routing, started_local: '2026-03-29 03:30:00', ended_local: null },
  ]);
});

describe('is_final', () => {
  const finals = async (view: string, order: string) =>
    (await marts.rows(`select is_final from mart.${view} order by ${order}`)).map((row) => row.is_final);

  test('is true only where no pass is pending for the whole interval, over slices that touch', async () => {
    expect(await finals('fct_queue_intervals', 'interval_start_at')).toEqual([false, false, false, false, false]);
    const queue = { stream: 'queue_aggregates' };
    await insertSlice(marts, { ...queue, from: '2026-03-02T00:00:00Z', to: '2026-03-02T10:15:00Z', isFinal: true });
    await insertSlice(marts, { ...queue, from: '2026-03-02T10:15:00Z', to: halfPastTen, isFinal: true });
    await insertSlice(marts, { ...queue, from: halfPastTen, to: '2026-03-02T11:00:00Z', isFinal: false });
    await insertSlice(marts, { ...queue, from: '2026-03-02T11:00:00Z', to: '2026-03-05T00:00:00Z', isFinal: true });
    const rows = await marts.rows(
      'select distinct interval_start_at, is_final from mart.fct_queue_intervals order by interval_start_at',
    );
    expect(rows.map((row) => row.is_final)).toEqual([true, false, true]);
  });

  test('of a day is true only where no pass is pending for any part of it', async () => {
    expect(await finals('rpt_queue_days', 'day, media_type, queue_id')).toEqual([false, false, false, true]);
  });

  test('of agents needs both streams behind them', async () => {
    const day = { from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z', isFinal: true };
    await insertSlice(marts, { stream: 'agent_aggregates', ...day });
    expect(await finals('fct_agent_intervals', 'interval_start_at')).toEqual([false, false, false]);
    await insertSlice(marts, { stream: 'user_aggregates', ...day });
    expect(await finals('fct_agent_intervals', 'interval_start_at')).toEqual([true, true, true]);
    // The local day began an hour before the slices.
    expect(await finals('rpt_agent_days', 'user_id')).toEqual([false, false]);
  });
});
