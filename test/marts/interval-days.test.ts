import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { halfHourMs, insertGroup, insertGroups } from './interval-support.js';
import { id, type Marts, openMarts } from './support.js';

const queue = id(11);
const agent = id(1);

interface Case {
  readonly timeZone: string;
  /** Half hours are stored from here to there. */
  readonly from: string;
  readonly to: string;
  /** Half hours by local day, worked out by hand. */
  readonly days: Readonly<Record<string, number>>;
  /** The first interval of a day, as it reads on the clock. */
  readonly firstOfDay: readonly [day: string, start: string];
}

const cases: readonly Case[] = [
  {
    timeZone: 'Europe/Berlin',
    from: '2026-03-27T23:00:00Z',
    to: '2026-03-30T22:00:00Z',
    days: { '2026-03-28': 48, '2026-03-29': 46, '2026-03-30': 48 },
    firstOfDay: ['2026-03-29', '2026-03-29 00:00:00'],
  },
  {
    timeZone: 'Europe/Berlin',
    from: '2026-10-23T22:00:00Z',
    to: '2026-10-26T23:00:00Z',
    days: { '2026-10-24': 48, '2026-10-25': 50, '2026-10-26': 48 },
    firstOfDay: ['2026-10-25', '2026-10-25 00:00:00'],
  },
  {
    timeZone: 'Asia/Kolkata',
    from: '2026-03-01T18:30:00Z',
    to: '2026-03-03T18:30:00Z',
    days: { '2026-03-02': 48, '2026-03-03': 48 },
    firstOfDay: ['2026-03-02', '2026-03-02 00:00:00'],
  },
  {
    // Midnight lies in the middle of an interval, which belongs to the day in which it starts.
    timeZone: 'Asia/Kathmandu',
    from: '2026-03-01T18:00:00Z',
    to: '2026-03-03T18:30:00Z',
    days: { '2026-03-01': 1, '2026-03-02': 48, '2026-03-03': 48 },
    firstOfDay: ['2026-03-02', '2026-03-02 00:15:00'],
  },
];

describe.each(cases)('in $timeZone from $from', ({ timeZone, from, to, days, firstOfDay }) => {
  let marts: Marts;

  beforeAll(async () => {
    marts = await openMarts(timeZone);
    const starts: string[] = [];
    for (let startMs = Date.parse(from); startMs < Date.parse(to); startMs += halfHourMs) {
      starts.push(new Date(startMs).toISOString());
    }
    const dimensions = { queue_id: queue, media_type: 'voice' };
    const offered = { table: 'queue_aggregates', dimensions, figures: { nOffered: [1] } } as const;
    await insertGroups(
      marts,
      starts.map((start) => ({ ...offered, start })),
    );
    const figures = { 'tSystemPresence:ON_QUEUE': [null, halfHourMs] } as const;
    const onQueue = { table: 'user_aggregates', dimensions: { user_id: agent }, figures };
    await insertGroups(
      marts,
      starts.map((start) => ({ ...onQueue, start })),
    );
  });
  afterAll(() => marts?.close());

  test('each interval counts once, in the local day of its start', async () => {
    const offered = await marts.rows('select day::text, offered_count::int from mart.rpt_queue_days');
    expect(Object.fromEntries(offered.map((row) => [row.day, row.offered_count]))).toEqual(days);
    const byInterval = await marts.rows('select day::text, count(*)::int from mart.fct_queue_intervals group by 1');
    expect(Object.fromEntries(byInterval.map((row) => [row.day, row.count]))).toEqual(days);
  });

  test('a day of agents is as long as the clock makes it', async () => {
    const rows = await marts.rows(`select day::text, (on_queue_seconds / 1800)::int as count from mart.rpt_agent_days`);
    expect(Object.fromEntries(rows.map((row) => [row.day, row.count]))).toEqual(days);
  });

  test('the first interval of a day reads on the clock as the zone has it', async () => {
    const [row] = await marts.rows(
      'select min(interval_start_local)::text as start from mart.fct_queue_intervals where day = $1',
      [firstOfDay[0]],
    );
    expect(row?.start).toBe(firstOfDay[1]);
  });

  test('every interval has a place in dim_intervals', async () => {
    const [row] = await marts.rows(
      `select count(*)::int as missing from mart.fct_queue_intervals as facts
       where not exists (select from mart.dim_intervals as clock where clock.minute_of_day = facts.minute_of_day)`,
    );
    expect(row?.missing).toBe(0);
  });
});

describe('a filter', () => {
  let marts: Marts;
  const planOf = async (statement: string) => {
    const client = await marts.pool.connect();
    try {
      await client.query('begin');
      // The tables of a test are so small that reading them whole would be cheaper.
      await client.query('set local enable_seqscan = off');
      const { rows } = await client.query(`explain ${statement}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    } finally {
      await client.query('rollback');
      client.release();
    }
  };
  const inMarch = `interval_start_at >= '2026-03-02Z' and interval_start_at < '2026-03-03Z'`;

  beforeAll(async () => {
    marts = await openMarts();
    const figures = { tHandle: [1, 1_000] } as const;
    for (const start of ['2026-03-02T10:00:00Z', '2026-05-02T10:00:00Z']) {
      const dimensions = { queue_id: queue, media_type: 'voice' };
      await insertGroup(marts, { table: 'queue_aggregates', start, dimensions, figures });
      await insertGroup(marts, {
        table: 'agent_aggregates',
        start,
        dimensions: { user_id: agent, ...dimensions },
        figures,
      });
    }
  });
  afterAll(() => marts?.close());

  test('on time and queue reaches one month and an index of both', async () => {
    const plan = await planOf(`select * from mart.fct_queue_intervals where ${inMarch} and queue_id = '${queue}'`);
    expect(plan).toMatch(/Index Cond: .*interval_start.*queue_id/);
    expect(plan).not.toContain('y2026m05');
  });

  test('on time and a list of agents reaches one month and an index of both', async () => {
    const agents = `user_id = any (array(select user_id from mart.dim_users))`;
    const plan = await planOf(`select * from mart.fct_agent_intervals where ${inMarch} and ${agents}`);
    expect(plan).toMatch(/Index Cond: .*interval_start.*user_id/);
    expect(plan).not.toContain('y2026m05');
  });
});
