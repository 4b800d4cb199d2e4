import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agent, conversation, customer, id, type Marts, metric, openMarts, segment, session } from './support.js';

let marts: Marts;
const [ann, service] = [id(301), id(101)];

interface Pulled {
  readonly stream: string;
  readonly from: string;
  readonly to: string;
  readonly pass?: number;
  readonly asOf?: string;
  readonly dueAt?: string | null;
}

async function insertSlice({ stream, from, to, pass = 1, asOf = to, dueAt = '2999-01-01T00:00:00Z' }: Pulled) {
  await marts.rows(
    `insert into extract.slices (stream, slice_from, slice_to, priority, pass, as_of, last_pass_at, due_at, requested_at)
     values ($1, $2, $3, 1, $4, $5, $5, $6, $2)`,
    [stream, from, to, pass, pass === 0 ? null : asOf, dueAt],
  );
}

/** A handled call without a wrap-up code that starts at noon in Berlin. */
function call(number: number, day: string) {
  const [start, end] = [`${day}T11:00:00.000Z`, `${day}T11:10:00.000Z`];
  const talk = { ...segment('interact', '10:00', '10:10', { queueId: service }), segmentStart: start, segmentEnd: end };
  const handled = session([talk], { metrics: [{ ...metric('tHandle', 600), emitDate: end }] });
  return conversation(number, [customer, agent(ann, handled)], { conversationStart: start, conversationEnd: end });
}

const days = ['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06', '2026-03-28', '2026-03-30'];

beforeAll(async () => {
  marts = await openMarts('Europe/Berlin');
  await marts.load(days.map((day, index) => call(index + 1, day)));
});
afterAll(() => marts?.close());

const reported = (relation: string) =>
  marts
    .rows(`select day::text as day, is_complete from mart.${relation} group by 1, 2 order by 1`)
    .then((rows) => rows.map((row) => `${row.day} ${row.is_complete}`));
const reports = ['rpt_wrapup_causes', 'rpt_wrapup_conversations', 'rpt_wrapup_coverage', 'rpt_handle_times'];

describe('before anything is in the ledger', () => {
  test.each(reports)('%s shows every day and calls none complete', async (relation) => {
    expect(await reported(relation)).toEqual(days.map((day) => `${day} false`));
  });

  test('no day is covered and nothing says from when on all is complete', async () => {
    expect(await marts.rows('select * from mart.ops_covered_days')).toEqual([]);
    expect(await marts.rows('select complete_from_day, complete_from_at from mart.ops_settings')).toEqual([
      { complete_from_day: null, complete_from_at: null },
    ]);
  });
});

describe('with a backfill of two days, a hole, and a schedule from noon on', () => {
  beforeAll(async () => {
    // 2 March by UTC days leaves the first hour of the day in Berlin out; 3 March is whole, of 4 March there is an hour.
    await insertSlice({
      stream: 'conversation_history',
      from: '2026-03-02T00:00:00Z',
      to: '2026-03-03T00:00:00Z',
      pass: 4,
      asOf: '2026-04-10T00:00:00Z',
      dueAt: null,
    });
    await insertSlice({
      stream: 'conversation_history',
      from: '2026-03-03T00:00:00Z',
      to: '2026-03-04T00:00:00Z',
      pass: 3,
      asOf: '2026-03-07T00:00:00Z',
    });
    await insertSlice({
      stream: 'conversation_history',
      from: '2026-03-27T23:00:00Z',
      to: '2026-03-29T22:00:00Z',
      pass: 1,
    });
    await insertSlice({
      stream: 'conversation_history',
      from: '2026-03-29T22:00:00Z',
      to: '2026-03-30T14:00:00Z',
      pass: 0,
    });
    await insertSlice({ stream: 'queue_aggregates', from: '2026-03-28T23:00:00Z', to: '2026-03-29T22:00:00Z' });
    await insertSlice({ stream: 'directory', from: '2026-03-01T00:00:00Z', to: '2026-03-01T06:00:00Z' });
  });

  const covered = async (stream: string, day: string) =>
    (
      await marts.rows(
        `select state, pass_count, pulled_seconds::float as pulled, day_seconds::float as length, is_complete, is_settled,
                is_final
         from mart.ops_covered_days where stream = $1 and day = $2`,
        [stream, day],
      )
    )[0];

  test('ops_covered_days distinguishes whole days, partly pulled ones and those that were not requested', async () => {
    const hours = (count: number) => count * 3_600;
    const no = { is_complete: false, is_settled: false, is_final: false };
    expect(await covered('conversation_history', '2026-03-02')).toEqual({
      ...no,
      state: 'partly',
      pass_count: 4,
      pulled: hours(23),
      length: hours(24),
    });
    expect(await covered('conversation_history', '2026-03-03')).toEqual({
      state: 'whole',
      pass_count: 3,
      pulled: hours(24),
      length: hours(24),
      is_complete: true,
      is_settled: true,
      is_final: false,
    });
    expect(await covered('conversation_history', '2026-03-04')).toMatchObject({ state: 'partly', pulled: hours(1) });
    expect(await covered('conversation_history', '2026-03-05')).toEqual({
      ...no,
      state: 'not_asked',
      pass_count: 0,
      pulled: 0,
      length: hours(24),
    });
    expect(await covered('conversation_history', '2026-03-30')).toMatchObject({ state: 'partly', pulled: 0 });
    expect(await covered('queue_aggregates', '2026-03-03')).toMatchObject({ state: 'not_asked' });
  });

  test('a day of 23 hours is whole with 23 hours', async () => {
    expect(await covered('queue_aggregates', '2026-03-29')).toMatchObject({
      state: 'whole',
      length: 82_800,
      is_complete: true,
    });
  });

  test('ops_covered_days has each day once for each stream with a history, and none of snapshots', async () => {
    const [counts] = await marts.rows(
      `select count(*)::int as rows, count(distinct (day, stream))::int as keys, count(distinct stream)::int as streams,
              min(day)::text as first, max(day)::text as last
       from mart.ops_covered_days`,
    );
    expect(counts).toEqual({ rows: 58, keys: 58, streams: 2, first: '2026-03-02', last: '2026-03-30' });
  });

  test.each(reports)(
    '%s leaves out days that were not asked for whole, and keeps the running one',
    async (relation) => {
      expect(await reported(relation)).toEqual(['2026-03-03 true', '2026-03-28 true', '2026-03-30 false']);
    },
  );

  test('facts keep what is stored and say which of it is complete', async () => {
    const rows = await marts.rows('select day::text as day from mart.fct_conversations where is_complete order by 1');
    expect(rows.map(({ day }) => day)).toEqual(['2026-03-03', '2026-03-28']);
    expect(await marts.rows('select count(*)::int as count from mart.fct_conversations')).toEqual([{ count: 7 }]);
  });

  test('complete_from is the beginning of the latest stretch of whole days, of a stream and of all', async () => {
    const rows = await marts.rows(
      'select stream, complete_from_local::text as complete_from from mart.ops_freshness order by stream',
    );
    expect(rows).toEqual([
      { stream: 'conversation_history', complete_from: '2026-03-28 00:00:00' },
      { stream: 'directory', complete_from: null },
      { stream: 'queue_aggregates', complete_from: '2026-03-29 00:00:00' },
    ]);
    expect(await marts.rows('select complete_from_day::text as day from mart.ops_settings')).toEqual([
      { day: '2026-03-29' },
    ]);
  });
});
