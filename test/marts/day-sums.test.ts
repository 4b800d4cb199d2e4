import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EntityRow, IntervalBatch, Page } from '../../src/model/extraction.js';
import { rebuildFacts } from '../../src/postgres/derived/rebuild.js';
import { createStore, type Store, storePages } from '../../src/postgres/load/store.js';
import { migrate } from '../../src/postgres/migrate.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { propertyCases, propertyRuns } from '../support/runs.js';
import { id } from './support.js';

const hourMs = 3_600_000;
const halfHourMs = 1_800_000;
/** Clocks change in Europe on 29 March 2026; the days around it lie in two months. */
const firstMs = Date.UTC(2026, 2, 28);
const halfHours = 5 * 48;
/** The last one is where the tests begin. */
const zones = ['Asia/Kathmandu', 'America/St_Johns', 'Pacific/Chatham', 'Europe/Berlin'];
const tables = ['queue_day_sums', 'agent_handling_day_sums', 'agent_status_day_sums', 'presence_day_sums'];
const intervalTables = [
  'queue_interval_sums',
  'agent_queue_interval_sums',
  'agent_interval_sums',
  'wrapup_interval_sums',
];

interface Kind {
  readonly relation: string;
  readonly dimensions: readonly string[];
  readonly figures: readonly (readonly [metric: string, qualifier: string | null])[];
  readonly group: (number: number) => EntityRow;
}

const kinds: readonly Kind[] = [
  {
    relation: 'queue_aggregates',
    dimensions: ['queue_id', 'media_type', 'direction', 'metric', 'qualifier'],
    figures: ['nOffered', 'tAnswered', 'tHandle', 'tTalk', 'oServiceLevel'].map((metric) => [metric, null] as const),
    group: (number) => ({ queue_id: number === 0 ? null : id(number), media_type: 'voice', direction: null }),
  },
  {
    relation: 'agent_aggregates',
    dimensions: ['user_id', 'queue_id', 'media_type', 'metric', 'qualifier'],
    figures: ['tHandle', 'tAcw', 'nTransferred'].map((metric) => [metric, null] as const),
    group: (number) => ({ user_id: number === 0 ? null : id(number), queue_id: id(9), media_type: 'chat' }),
  },
  {
    relation: 'user_aggregates',
    dimensions: ['user_id', 'metric', 'qualifier'],
    figures: [
      ['tSystemPresence', 'ON_QUEUE'],
      ['tSystemPresence', 'OFFLINE'],
      ['tAgentRoutingStatus', 'IDLE'],
      ['tOrganizationPresence', id(8)],
    ],
    group: (number) => ({ user_id: id(number + 1) }),
  },
  {
    relation: 'wrapup_aggregates',
    dimensions: ['wrap_up_code', 'queue_id', 'user_id', 'media_type', 'metric', 'qualifier'],
    figures: ['tHandle', 'nTransferred'].map((metric) => [metric, null] as const),
    group: (number) => ({
      wrap_up_code: number === 0 ? null : 'code',
      queue_id: id(9),
      user_id: id(number + 1),
      media_type: 'voice',
    }),
  },
];

/** An answer about some half hours: about everybody, or about some users only; with how many groups it names, none among them. */
interface Answer {
  readonly kind: number;
  readonly from: number;
  readonly length: number;
  readonly asOfHour: number;
  readonly groups: number;
  readonly value: number;
  readonly isScoped: boolean;
  /** The process is killed before the commit. */
  readonly isKilled: boolean;
}

const answers = fc.array(
  fc.record({
    kind: fc.nat(kinds.length - 1),
    from: fc.nat(halfHours - 1),
    length: fc.integer({ min: 1, max: 60 }),
    asOfHour: fc.nat(5),
    groups: fc.nat(2),
    value: fc.integer({ min: 1, max: 3 }),
    isScoped: fc.boolean(),
    isKilled: fc.boolean(),
  }),
  { minLength: 2, maxLength: 6 },
);

let database: TestDatabase;
let pool: pg.Pool;
let store: Store;
beforeAll(async () => {
  database = await migratedDatabase('Europe/Berlin');
  pool = testPool(database.url, 8);
  store = createStore(pool, () => new Date('2026-06-01'));
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});
const empty = async () => {
  const names = [...kinds.map(({ relation }) => relation), ...tables, ...intervalTables].map(
    (name) => `genesys.${name}`,
  );
  await pool.query(`truncate ${names.join(', ')}, extract.interval_pulls`);
};
beforeEach(empty);

function batchOf({ kind, from, length, groups, value, isScoped }: Answer): IntervalBatch {
  const { relation, dimensions, figures, group } = kinds[kind] as Kind;
  const to = Math.min(from + length, halfHours);
  const rows: EntityRow[] = [];
  for (let nth = from; nth < to; nth += 1) {
    // Not every half hour holds something, so that answers add and remove groups of a day.
    if ((nth + value) % 3 === 0) continue;
    const interval_start = firstMs + nth * halfHourMs;
    for (let number = 0; number < groups; number += 1) {
      for (const [metric, qualifier] of figures) {
        const stats = { count: value, sum: value * nth, numerator: value, denominator: value };
        rows.push({
          interval_start,
          interval_end: interval_start + halfHourMs,
          ...group(number),
          metric,
          qualifier,
          ...stats,
        });
      }
    }
  }
  const interval = { from: new Date(firstMs + from * halfHourMs), to: new Date(firstMs + to * halfHourMs) };
  const scope = { column: 'user_id', values: [id(1), id(2)] };
  const isByUser = relation === 'user_aggregates' && isScoped;
  return { kind: 'interval', relation, interval, dimensions, rows, ...(isByUser && { scope }) };
}

class Killed extends Error {}

async function put(answer: Answer): Promise<void> {
  const asOf = new Date(firstMs + 200 * hourMs + answer.asOfHour * hourMs);
  const page: Page = { asOf, cursor: {}, rejects: [], recordCount: 1, batches: [batchOf(answer)] };
  const client = await pool.connect();
  try {
    await storePages(client, store, { stream: 'bench', sliceId: null }, [page], async () => {
      if (answer.isKilled) throw new Killed();
    });
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    client.release();
  }
}

/** Sources of a table's figures, and what a row of a day is about. */
const sources: Readonly<Record<string, { readonly view: string; readonly keys: readonly string[] }>> = {
  queue_day_sums: { view: 'int_queue_metrics', keys: ['queue_id', 'media_type'] },
  agent_handling_day_sums: { view: 'int_agent_handling_metrics', keys: ['user_id'] },
  agent_status_day_sums: { view: 'int_agent_status_metrics', keys: ['user_id'] },
  presence_day_sums: { view: 'int_presence_metrics', keys: ['user_id', 'organization_presence_id'] },
  queue_interval_sums: { view: 'int_queue_metrics', keys: ['queue_id', 'media_type', 'direction'] },
  agent_queue_interval_sums: { view: 'int_agent_handling_metrics', keys: ['user_id', 'queue_id', 'media_type'] },
  wrapup_interval_sums: { view: 'int_wrapup_metrics', keys: ['wrapup_code', 'queue_id', 'user_id', 'media_type'] },
};

/** Each table's rows as they must be: every interval in the local day of its start. */
async function plainSums(table: string): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 order by attnum`,
    [`genesys.${table}`],
  );
  const names = rows.map(({ name }) => name);
  if (table === 'agent_interval_sums') return plainAgentSums(names);
  const { view, keys } = sources[table] as (typeof sources)[string];
  const day = `(interval_start at time zone (select value from extract.settings where name = 'time_zone'))::date`;
  const columns = names.map((name) => {
    if (name === 'day') return day;
    if (name === 'last_interval_end' || name === 'interval_end') return 'max(interval_end)';
    if (name.startsWith('max_')) return `max(${name})`;
    return keys.includes(name) || name === 'interval_start' ? name : `sum(${name})::bigint`;
  });
  const time = names.includes('day') ? day : 'interval_start';
  return `select ${columns.join(', ')} from genesys.${view} group by ${[time, ...keys].join(', ')}`;
}

/** Sums the plain views. Column names of sessions and of statuses differ, except for alerts without answer. */
async function plainAgentSums(names: readonly string[]): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'genesys.int_agent_status_metrics'::regclass and attnum > 0`,
  );
  const statuses = new Set(rows.map(({ name }) => name));
  const figures = names.slice(4);
  const part = (view: string, ends: string, isMine: (name: string) => boolean) =>
    `select interval_start, user_id, ${ends}, ${figures.map((name) => (isMine(name) ? name : `null::bigint as ${name}`)).join(', ')}
     from genesys.${view}`;
  const handlings = part(
    'int_agent_handling_metrics',
    'interval_end as handling_interval_end, null::timestamptz as status_interval_end',
    (name) => !statuses.has(name),
  );
  const others = part('int_agent_status_metrics', 'null, interval_end', (name) => statuses.has(name));
  return `select interval_start, user_id, max(handling_interval_end), max(status_interval_end),
      ${figures.map((name) => `sum(${name})::bigint`).join(', ')}
    from (${handlings} union all ${others}) as metrics group by interval_start, user_id`;
}

/** Rows that only the tables, or only their plain definitions, have. */
async function differences(): Promise<number> {
  const parts: string[] = [];
  for (const table of [...tables, ...intervalTables]) {
    const plain = await plainSums(table);
    parts.push(`(table genesys.${table} except all ${plain})`, `(${plain} except all table genesys.${table})`);
  }
  const counts = parts.map((part) => `(select count(*)::int from ${part} as rows)`);
  return (await pool.query(`select ${counts.join(' + ')} as count`)).rows[0].count;
}

const answer = (more: Partial<Answer>): Answer => ({
  kind: 0,
  from: 0,
  length: 48,
  asOfHour: 1,
  groups: 2,
  value: 1,
  isScoped: false,
  isKilled: false,
  ...more,
});

describe('sums by local day', () => {
  test('equal the plain definition after answers in any order, restated, empty and killed, as the sums by interval do', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (each) => {
        await empty();
        for (const one of each) await put(one);
        expect(await differences()).toBe(0);
      }),
      { numRuns: propertyRuns(15) },
    );
  });

  test('equal it when neighbouring days are stored at the same time', async () => {
    for (const kind of kinds.keys()) {
      await Promise.all(
        // Each begins and ends in the middle of a local day.
        [0, 48, 96, 144].map((from) => put(answer({ kind, from, value: 2 }))),
      );
    }
    expect(await differences()).toBe(0);
    const { rows } = await pool.query('select count(*)::int as count from genesys.queue_day_sums');
    expect(rows[0].count).toBeGreaterThan(4);
  });

  test('an answer that shows nothing any more takes the day away', async () => {
    for (const kind of kinds.keys()) await put(answer({ kind, length: halfHours }));
    expect((await pool.query('select from genesys.agent_status_day_sums')).rowCount).toBeGreaterThan(4);
    for (const kind of kinds.keys()) await put(answer({ kind, length: halfHours, groups: 0, asOfHour: 2 }));
    for (const table of [...tables, ...intervalTables])
      expect((await pool.query(`select from genesys.${table}`)).rowCount).toBe(0);
  });

  test('a day that comes back equal is not written again', async () => {
    await put(answer({ length: 96 }));
    const versions = async () =>
      (await pool.query('select day::text, queue_id, xmin::text from genesys.queue_day_sums order by 1, 2')).rows;
    const before = await versions();
    // The second half of the time changes: days of the first half keep their rows.
    await put(answer({ from: 60, length: 36, value: 3, asOfHour: 2 }));
    const after = await versions();
    expect(after[0]).toEqual(before[0]);
    expect(after.at(-1)).not.toEqual(before.at(-1));
    expect(await differences()).toBe(0);
  });

  test.each(propertyCases(zones, ['Asia/Kathmandu', 'Europe/Berlin']))(
    'follow the reporting zone when migrate changes it to %s, and later answers are summed by its days',
    async (timeZone) => {
      for (const kind of kinds.keys()) await put(answer({ kind, length: halfHours }));
      await migrate(pool, { timeZone });
      expect(await differences()).toBe(0);
      await put(answer({ from: 40, length: 20, value: 3, asOfHour: 3 }));
      expect(await differences()).toBe(0);
      const { rows } = await pool.query(
        `select
             (select sum(handled_count)::int from mart.rpt_queue_days) as days,
             (select sum(handled_count)::int from mart.fct_queue_intervals) as intervals,
             (select count(*)::int from mart.rpt_queue_days as days
              where day not in (select day from mart.fct_queue_intervals)) as strange`,
      );
      expect(rows[0]).toEqual({ days: rows[0].intervals, intervals: rows[0].intervals, strange: 0 });
    },
  );

  test('are filled by migrate where an older version has stored interval facts without them', async () => {
    for (const kind of kinds.keys()) await put(answer({ kind, length: halfHours }));
    await pool.query(`truncate ${[...tables, ...intervalTables].map((table) => `genesys.${table}`).join(', ')}`);
    await pool.query(`delete from extract.settings where name in ('day_sums_digest', 'interval_sums_digest')`);
    await migrate(pool, { timeZone: 'Europe/Berlin' });
    expect((await pool.query('select from genesys.queue_day_sums')).rowCount).toBeGreaterThan(4);
    expect(await differences()).toBe(0);
  });

  test('are set right by a rebuild, whatever was done to them', async () => {
    for (const kind of kinds.keys()) await put(answer({ kind, length: halfHours }));
    await pool.query('delete from genesys.queue_day_sums where queue_id is null');
    await pool.query('update genesys.agent_handling_day_sums set handle_ms = 7');
    await pool.query(
      `insert into genesys.agent_status_day_sums (day, user_id, last_interval_end) values ('2026-03-30', $1, now())`,
      [id(77)],
    );
    await pool.query('update genesys.agent_interval_sums set handle_ms = 7, idle_ms = 7');
    await pool.query('delete from genesys.queue_interval_sums');
    await rebuildFacts(pool, () => {});
    expect(await differences()).toBe(0);
  });
});
